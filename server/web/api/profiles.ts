import { z } from "zod";
import { connectivityModels, retentionClasses } from "#server/domain/profile-parts.ts";
import {
  certificatePolicy,
  commandSpecification,
  threshold,
} from "#server/domain/profile-parts-schema.ts";
import { transportSpecification } from "#server/domain/transport-specification-schema.ts";
import { approveSpecification } from "#server/services/profile/approve-specification.ts";
import { changeProfile } from "#server/services/profile/change.ts";
import { createProfile } from "#server/services/profile/create.ts";
import { draftProfile } from "#server/services/profile/draft.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { setProfilePolicy } from "#server/services/profile/set-policy.ts";
import { showProfile } from "#server/services/profile/show.ts";
import { profileTraffic } from "#server/services/profile/traffic.ts";

const tag = "Profiles";

const policy = z.object({
  compatibility: z.enum(["none", "backward", "forward", "full"]),
  unknownVersion: z.enum(["refuse", "latest", "quarantine"]),
  lateSeconds: z.int(),
});

export const listProfilesRoute = {
  method: "get",
  path: "/profiles",
  tag,
  summary: "List profiles with their fields",
  operation: listProfiles,
  request: listProfiles.input,
  response: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      description: z.string(),
      open: z.boolean(),
      connectivity: z.enum(connectivityModels),
      specification: z.enum(["none", "waiting", "approved"]),
      devices: z.int(),
      expectedContactSeconds: z.int(),
      certificateDays: z.int(),
      policy,
      schemaName: z.string(),
      schemaVersion: z.int(),
      fields: z.array(
        z.object({
          name: z.string(),
          type: z.string(),
          unit: z.string().nullable(),
          position: z.int(),
        }),
      ),
    }),
  ),
} as const;

export const createProfileRoute = {
  method: "post",
  path: "/profiles",
  tag,
  summary: "Create a profile with the JSON Schema of its devices' messages",
  operation: createProfile,
  request: createProfile.input,
  response: z.object({
    id: z.uuid(),
    name: z.string(),
    schemaVersion: z.int(),
    fields: z.array(z.string()),
  }),
  status: 201,
} as const;

export const setProfilePolicyRoute = {
  method: "patch",
  path: "/profiles/{profileId}/policy",
  tag,
  summary: "Change a profile's rules: compatibility, unknown versions, when readings are late",
  operation: setProfilePolicy,
  request: setProfilePolicy.input,
  response: policy,
} as const;

const time = z.iso.datetime();

const profile = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  open: z.boolean(),
  connectivity: z.enum(connectivityModels),
  expectedContactSeconds: z.int(),
  maxPastSeconds: z.int(),
  maxFutureSeconds: z.int(),
  certificateDays: z.int(),
  certificatePolicy,
  policy,
  specification: transportSpecification
    .extend({
      writtenBy: z.string(),
      writtenAt: time,
      approvedBy: z.string().nullable(),
      approvedAt: time.nullable(),
    })
    .nullable(),
  commands: z.array(commandSpecification),
  thresholds: z.array(threshold),
  retentionClass: z.enum(retentionClasses),
  documentation: z.string(),
  revision: z.int(),
  bindings: z.array(
    z.object({
      stream: z.string(),
      contentType: z.string(),
      schemaName: z.string(),
      schemaVersion: z.int(),
    }),
  ),
  devices: z.object({ total: z.int(), quarantined: z.int() }),
  createdAt: time,
});

export const showProfileRoute = {
  method: "get",
  path: "/profiles/{profileId}",
  tag,
  summary: "Show all that a profile says of its devices",
  operation: showProfile,
  request: showProfile.input,
  response: profile,
} as const;

export const changeProfileRoute = {
  method: "patch",
  path: "/profiles/{profileId}",
  tag,
  summary: "Change what a profile says, on top of the revision that one knows",
  operation: changeProfile,
  request: changeProfile.input,
  response: profile,
} as const;

export const approveSpecificationRoute = {
  method: "post",
  path: "/profiles/{profileId}/approval",
  tag,
  summary: "Approve a profile's transport specification, by another person than its author",
  operation: approveSpecification,
  request: approveSpecification.input,
  response: profile,
} as const;

export const profileTrafficRoute = {
  method: "get",
  path: "/profiles/{profileId}/traffic",
  tag,
  summary: "Compare the traffic of the last hours with a profile's transport specification",
  operation: profileTraffic,
  request: profileTraffic.input,
  response: z.object({
    observed: z.object({
      hours: z.int(),
      devices: z.int(),
      transports: z.record(z.string(), z.int()),
      protocols: z.record(z.string(), z.int()),
      qos: z.record(z.string(), z.int()),
    }),
    findings: z.array(
      z.object({
        aspect: z.enum(["transport", "protocol", "qos", "rate"]),
        specified: z.string(),
        observed: z.string(),
        verdict: z.enum(["agrees", "differs", "no_traffic"]),
        detail: z.string(),
      }),
    ),
  }),
} as const;

export const draftProfileRoute = {
  method: "post",
  path: "/profile-drafts",
  tag,
  summary: "Propose a profile from a device's self-description or from its messages",
  operation: draftProfile,
  request: draftProfile.input,
  response: z.object({
    deviceId: z.string(),
    from: z.enum(["description", "traffic"]),
    jsonSchema: z.record(z.string(), z.unknown()),
    commands: z.array(commandSpecification),
    manufacturer: z.string(),
    model: z.string(),
    hardwareRevision: z.string(),
    messages: z.int(),
    notes: z.array(z.string()),
  }),
} as const;
