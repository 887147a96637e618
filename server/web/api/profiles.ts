import { z } from "zod";
import { createProfile } from "#server/services/profile/create.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { setProfilePolicy } from "#server/services/profile/set-policy.ts";

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
