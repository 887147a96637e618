import { z } from "zod";
import { enrolmentKinds } from "#server/domain/enrolment-rules.ts";
import { enrolmentRules } from "#server/domain/enrolment-rules-schema.ts";
import { enrolmentRefusals } from "#server/domain/enrolment-refusal.ts";
import { approveEnrolment } from "#server/services/enrolment/approve.ts";
import { changeEnrolmentRules } from "#server/services/enrolment/change-rules.ts";
import { createClaimCertificate } from "#server/services/enrolment/create-claim-certificate.ts";
import { createEnrolmentGroup } from "#server/services/enrolment/create-group.ts";
import { createEnrolmentSecret } from "#server/services/enrolment/create-secret.ts";
import { listEnrolmentGroups } from "#server/services/enrolment/list-groups.ts";
import { listEnrolmentRequests } from "#server/services/enrolment/list-requests.ts";
import { previewEnrolment } from "#server/services/enrolment/preview.ts";
import { proveCustomerCa } from "#server/services/enrolment/prove-customer-ca.ts";
import { refuseEnrolment } from "#server/services/enrolment/refuse.ts";
import { registerCustomerCa } from "#server/services/enrolment/register-customer-ca.ts";
import { removeCustomerCa } from "#server/services/enrolment/remove-customer-ca.ts";
import { revokeEnrolmentCredential } from "#server/services/enrolment/revoke-credential.ts";
import { rotateGroupKey } from "#server/services/enrolment/rotate-group-key.ts";
import { setCustomerCaState } from "#server/services/enrolment/set-customer-ca-state.ts";
import { setEnrolmentGroupState } from "#server/services/enrolment/set-group-state.ts";
import { showEnrolmentGroup } from "#server/services/enrolment/show-group.ts";

const instant = z.iso.datetime();
const tag = "Enrolment";

const summary = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.enum(enrolmentKinds),
  publicId: z.string().describe("What devices call it"),
  enabled: z.boolean(),
  version: z.int(),
  profileId: z.uuid(),
  profileName: z.string(),
  enrolled: z.int(),
  maxDevices: z.int().nullable(),
  pending: z.int(),
  createdAt: instant,
});

const credential = z.object({
  id: z.uuid(),
  kind: z.enum(["certificate", "secret"]),
  name: z.string(),
  sha256: z.string().nullable(),
  uses: z.int(),
  maxUses: z.int().nullable(),
  expiresAt: instant,
  expectedSerials: z.array(z.string()),
  usedAt: instant.nullable(),
  revokedAt: instant.nullable(),
  createdAt: instant,
  createdBy: z.string(),
});

const authority = z.object({
  id: z.uuid(),
  name: z.string(),
  subject: z.string(),
  sha256: z.string(),
  state: z.enum(["unproven", "active", "disabled"]),
  challenge: z.string(),
  notBefore: instant,
  notAfter: instant,
  provenAt: instant.nullable(),
  createdAt: instant,
});

const version = z.object({
  version: z.int(),
  rules: enrolmentRules,
  notes: z.string(),
  createdAt: instant,
  createdBy: z.string(),
});

export const listEnrolmentGroupsRoute = {
  method: "get",
  path: "/enrolment-groups",
  tag,
  summary: "List enrolment groups",
  operation: listEnrolmentGroups,
  request: listEnrolmentGroups.input,
  response: z.array(summary),
} as const;

export const createEnrolmentGroupRoute = {
  method: "post",
  path: "/enrolment-groups",
  tag,
  summary: "Make an enrolment group; its keys are in this answer and nowhere else",
  operation: createEnrolmentGroup,
  request: createEnrolmentGroup.input,
  response: z.object({
    id: z.uuid(),
    publicId: z.string(),
    primaryKey: z.string().nullable(),
    secondaryKey: z.string().nullable(),
    webhookSecret: z.string().nullable(),
  }),
  status: 201,
} as const;

export const showEnrolmentGroupRoute = {
  method: "get",
  path: "/enrolment-groups/{groupId}",
  tag,
  summary: "Show an enrolment group, by UUID or by what devices call it",
  operation: showEnrolmentGroup,
  request: showEnrolmentGroup.input,
  response: summary.extend({
    rules: enrolmentRules,
    versions: z.array(version),
    credentials: z.array(credential),
    authorities: z.array(authority),
  }),
} as const;

export const changeEnrolmentRulesRoute = {
  method: "put",
  path: "/enrolment-groups/{groupId}/rules",
  tag,
  summary: "Make a new version of a group's rules",
  operation: changeEnrolmentRules,
  request: changeEnrolmentRules.input,
  response: z.object({ version: z.int(), webhookSecret: z.string().nullable() }),
} as const;

export const setEnrolmentGroupStateRoute = {
  method: "put",
  path: "/enrolment-groups/{groupId}/state",
  tag,
  summary: "Let a group enrol devices, or not",
  operation: setEnrolmentGroupState,
  request: setEnrolmentGroupState.input,
  response: z.object({ id: z.uuid(), enabled: z.boolean() }),
} as const;

export const previewEnrolmentRoute = {
  method: "post",
  path: "/enrolment-groups/{groupId}/preview",
  tag,
  summary: "Say what would become of a device; nothing is changed",
  operation: previewEnrolment,
  request: previewEnrolment.input,
  response: z.object({
    outcome: z.enum(["enrolled", "pending", "refused"]),
    device: z
      .object({
        deviceId: z.string(),
        name: z.string(),
        profileName: z.string(),
        tags: z.array(z.string()),
        quarantine: z.boolean(),
        desired: z.record(z.string(), z.unknown()).nullable(),
      })
      .optional(),
    reason: z.enum(enrolmentRefusals).optional(),
    detail: z.string().optional(),
    remedy: z.string().optional(),
  }),
} as const;

export const createClaimCertificateRoute = {
  method: "post",
  path: "/enrolment-groups/{groupId}/claim-certificates",
  tag,
  summary: "Make a claim certificate; its private key is in this answer and nowhere else",
  operation: createClaimCertificate,
  request: createClaimCertificate.input,
  response: z.object({
    credentialId: z.uuid(),
    certificatePem: z.string(),
    chainPem: z.string(),
    caPem: z.string(),
    privateKeyPem: z.string(),
    expiresAt: instant,
  }),
  status: 201,
} as const;

export const createEnrolmentSecretRoute = {
  method: "post",
  path: "/enrolment-groups/{groupId}/secrets",
  tag,
  summary: "Make an enrolment secret, which is in this answer and nowhere else",
  operation: createEnrolmentSecret,
  request: createEnrolmentSecret.input,
  response: z.object({ credentialId: z.uuid(), secret: z.string(), expiresAt: instant }),
  status: 201,
} as const;

export const revokeEnrolmentCredentialRoute = {
  method: "delete",
  path: "/enrolment-groups/{groupId}/credentials/{credentialId}",
  tag,
  summary: "Revoke a claim certificate or an enrolment secret",
  operation: revokeEnrolmentCredential,
  request: revokeEnrolmentCredential.input,
  status: 204,
} as const;

export const rotateGroupKeyRoute = {
  method: "post",
  path: "/enrolment-groups/{groupId}/keys/{slot}/rotate",
  tag,
  summary: "Replace a key of a group; the fresh one is in this answer and nowhere else",
  operation: rotateGroupKey,
  request: rotateGroupKey.input,
  response: z.object({ key: z.string() }),
} as const;

export const registerCustomerCaRoute = {
  method: "post",
  path: "/enrolment-groups/{groupId}/authorities",
  tag,
  summary: "Register a CA of your own; it counts once possession of its key is proven",
  operation: registerCustomerCa,
  request: registerCustomerCa.input,
  response: z.object({ authorityId: z.uuid(), challenge: z.string() }),
  status: 201,
} as const;

export const proveCustomerCaRoute = {
  method: "post",
  path: "/customer-authorities/{authorityId}/proof",
  tag,
  summary: "Prove possession of a CA's key by a certificate whose common name is the challenge",
  operation: proveCustomerCa,
  request: proveCustomerCa.input,
  response: z.object({ authorityId: z.uuid(), state: z.literal("active") }),
} as const;

export const setCustomerCaStateRoute = {
  method: "put",
  path: "/customer-authorities/{authorityId}/state",
  tag,
  summary: "Let a proven CA enrol devices, or not",
  operation: setCustomerCaState,
  request: setCustomerCaState.input,
  response: z.object({ authorityId: z.uuid(), state: z.enum(["active", "disabled"]) }),
} as const;

export const removeCustomerCaRoute = {
  method: "delete",
  path: "/customer-authorities/{authorityId}",
  tag,
  summary: "Remove a CA that no device needs",
  operation: removeCustomerCa,
  request: removeCustomerCa.input,
  status: 204,
} as const;

export const listEnrolmentRequestsRoute = {
  method: "get",
  path: "/enrolment-requests",
  tag,
  summary: "List devices that asked to be enrolled, those that asked last first",
  operation: listEnrolmentRequests,
  request: listEnrolmentRequests.input,
  response: z.object({
    requests: z.array(
      z.object({
        id: z.uuid(),
        groupId: z.uuid(),
        groupName: z.string(),
        registrationId: z.string(),
        serial: z.string(),
        state: z.enum(["pending", "approved", "enrolled", "refused"]),
        reason: z.enum(["", ...enrolmentRefusals]),
        detail: z.string(),
        transport: z.string(),
        remote: z.string(),
        attempts: z.int(),
        firstAt: instant,
        lastAt: instant,
        deviceId: z.string().nullable(),
        decidedBy: z.string().nullable(),
      }),
    ),
    next: z.string().nullable(),
  }),
} as const;

export const approveEnrolmentRoute = {
  method: "post",
  path: "/enrolment-requests/{requestId}/approve",
  tag,
  summary: "Approve a waiting device; it gets what it asked for when it asks again",
  operation: approveEnrolment,
  request: approveEnrolment.input,
  response: z.object({ requestId: z.uuid(), state: z.literal("approved") }),
} as const;

export const refuseEnrolmentRoute = {
  method: "post",
  path: "/enrolment-requests/{requestId}/refuse",
  tag,
  summary: "Refuse a waiting device",
  operation: refuseEnrolment,
  request: refuseEnrolment.input,
  response: z.object({ requestId: z.uuid(), state: z.literal("refused") }),
} as const;
