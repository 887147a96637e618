import { deviceStates } from "#server/domain/device-state.ts";
import { z } from "zod";
import { childPolicy } from "#server/domain/child-policy.ts";
import { deviceAttributes } from "#server/domain/device-attributes.ts";
import { certificateLives } from "#server/domain/certificate-life.ts";
import { fleetSorts } from "#server/domain/fleet-filter.ts";
import { presences } from "#server/domain/presence.ts";
import type { Context } from "#server/services/context.ts";
import { createWithCertificateSchema } from "#server/services/certificate/schemas.ts";
import { createDeviceWithCertificate } from "#server/services/device/create-with-certificate.ts";
import { approveDevice } from "#server/services/device/approve.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import { deviceListInput } from "#server/services/device/list-input.ts";
import { listDevices } from "#server/services/device/list.ts";
import { resumeDevice } from "#server/services/device/resume.ts";
import { deviceRef } from "#server/services/device/schemas.ts";
import { showDevice } from "#server/services/device/show.ts";
import { suspendDevice } from "#server/services/device/suspend.ts";
import { updateDevice } from "#server/services/device/update.ts";

const instant = z.iso.datetime();
const tag = "Devices";
const deviceId = deviceRef.describe("The device's own id, or our UUID");

/** By its manufacturer; empty where nobody knows. */
const identity = {
  serial: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  hardwareRevision: z.string(),
};

/** A device as lists show it. */
export const summary = z.object({
  id: z.uuid(),
  deviceId: z.string(),
  name: z.string(),
  serial: z.string(),
  tags: z.array(z.string()),
  state: z.enum(deviceStates),
  presence: z.enum(presences),
  profile: z.object({ id: z.uuid(), name: z.string() }),
  createdAt: instant,
  lastContactAt: instant.nullable(),
  expectedContactSeconds: z.int(),
  certificate: z.object({
    life: z.enum(certificateLives),
    notAfter: instant.nullable(),
    daysLeft: z.int().nullable(),
  }),
  protocol: z.string().nullable(),
  tlsVersion: z.string().nullable(),
});

/** A device of the fleet table. */
export const fleetDevice = summary.extend({
  firmware: z.string().nullable(),
  place: z.string().describe("Where it is, in words; empty where nobody knows"),
  location: z.object({ latitude: z.number(), longitude: z.number() }).nullable(),
  gateway: z.object({ deviceId: z.string(), name: z.string() }).nullable(),
  latest: z
    .record(
      z.string(),
      z.object({ v: z.union([z.number(), z.boolean(), z.string()]), t: z.number() }),
    )
    .describe("Newest values of the metrics that were asked for; t is epoch milliseconds"),
});

/** Names in a filter that nothing has: because of them nothing matches. */
export const unknownNames = z.array(
  z.object({ kind: z.enum(["profile", "gateway", "group"]), name: z.string() }),
);

export const listDevicesRoute = {
  method: "get",
  path: "/devices",
  tag,
  summary: "List devices, page by page",
  operation: (ctx: Context, input: Parameters<typeof deviceListInput>[0]) =>
    // listDevices judges what it is given.
    listDevices(ctx, deviceListInput(input) as Parameters<typeof listDevices>[1]),
  request: z.object({
    text: z.string().describe("Part of a name, device id or serial").optional(),
    presence: z
      .string()
      .describe(`Comma-separated list of ${presences.join(", ")}`)
      .optional(),
    profile: z.string().describe("Comma-separated list of profile UUIDs").optional(),
    certificate: z
      .string()
      .describe(`Comma-separated list of ${certificateLives.join(", ")}`)
      .optional(),
    gateway: z.uuid().describe("UUID of a gateway: the devices behind it").optional(),
    query: z
      .string()
      .describe("In the query language of the fleet: presence:silent tag:roof -tag:test")
      .optional(),
    tag: z.string().describe("Comma-separated list of tags, one of which it has").optional(),
    firmware: z.string().describe("Comma-separated list of versions").optional(),
    group: z.string().describe("Comma-separated list of UUIDs of groups").optional(),
    location: z.enum(["known", "unknown"]).optional(),
    bounds: z.string().describe("south,west,north,east in degrees").optional(),
    before: z.int().describe("Seconds: last contact longer ago").optional(),
    within: z.int().describe("Seconds: last contact within them").optional(),
    metric: z
      .string()
      .describe("Comma-separated list of metrics whose newest values to add")
      .optional(),
    sort: z.enum(fleetSorts).optional(),
    cursor: z.string().describe("`nextCursor` of the page before").optional(),
    limit: z.int().min(1).max(200).optional(),
  }),
  response: z.object({
    devices: z.array(fleetDevice),
    nextCursor: z.string().nullable(),
    matching: z
      .object({ count: z.int(), more: z.boolean() })
      .nullable()
      .describe("First page only; with `more` at least so many match"),
    unknown: unknownNames,
  }),
} as const;

/** The same names as the command line gives them. */
async function createWithFiles(
  ctx: Context,
  input: Parameters<typeof createDeviceWithCertificate>[1],
) {
  const { device, certificate, privateKeyPem } = await createDeviceWithCertificate(ctx, input);
  const { certificateId, certificatePem, chainPem, caPem, sha256, notAfter, warnings } =
    certificate;
  return {
    ...device,
    certificateId,
    certificatePem,
    privateKeyPem,
    chainPem,
    caPem,
    sha256,
    notAfter,
    warnings,
  };
}

export const createDeviceRoute = {
  method: "post",
  path: "/devices",
  tag,
  summary: "Register a device with its certificate; without csrPem the key is made and given once",
  operation: createWithFiles,
  request: createWithCertificateSchema,
  response: z.object({
    id: z.uuid(),
    deviceId: z.string(),
    name: z.string(),
    profileId: z.uuid(),
    profileName: z.string(),
    ...identity,
    tags: z.array(z.string()),
    state: z.enum(["active", "quarantined"]),
    createdAt: instant,
    certificateId: z.uuid(),
    certificatePem: z.string(),
    privateKeyPem: z.string().nullable(),
    chainPem: z.string(),
    caPem: z.string(),
    sha256: z.string(),
    notAfter: instant,
    warnings: z.array(z.string()),
  }),
  status: 201,
} as const;

const certificate = z.object({
  id: z.uuid(),
  state: z.enum(["issued", "active", "superseded", "retired", "suspended", "revoked"]),
  sha256: z.string(),
  serial: z.string(),
  issuer: z.string(),
  subject: z.string(),
  keyAlgorithm: z.string(),
  notBefore: instant,
  notAfter: instant,
  daysLeft: z.int(),
  pem: z.string(),
  issuedAt: instant,
  issuedBy: z.string(),
  activatedAt: instant.nullable(),
  revokedAt: instant.nullable(),
  revocationReason: z.string().nullable(),
});

export const showDeviceRoute = {
  method: "get",
  path: "/devices/{deviceId}",
  tag,
  summary: "Show a device, its connection and its current certificate",
  operation: (ctx: Context, input: { readonly deviceId: string }) =>
    showDevice(ctx, { device: input.deviceId }),
  request: z.object({ deviceId }),
  response: summary.extend({
    gateway: z
      .object({ deviceId: z.string(), name: z.string(), presence: z.enum(presences) })
      .nullable(),
    childCount: z.int(),
    childrenByPresence: z.partialRecord(z.enum(presences), z.int()),
    childPolicy: childPolicy.nullable(),
    key: z.string(),
    createdBy: z.string(),
    decommissionedAt: instant.nullable(),
    firmware: z.string().nullable(),
    attributes: deviceAttributes,
    manufacturer: z.string(),
    model: z.string(),
    hardwareRevision: z.string(),
    connection: z.object({
      connected: z.boolean(),
      connectedAt: instant.nullable(),
      disconnectedAt: instant.nullable(),
      disconnectReason: z.string().nullable(),
      lastMessageAt: instant.nullable(),
      remoteAddress: z.string().nullable(),
      clientId: z.string().nullable(),
      protocol: z.string().nullable(),
      tlsVersion: z.string().nullable(),
      tlsCipher: z.string().nullable(),
      certificateSha256: z.string().nullable(),
    }),
    currentCertificate: certificate.nullable(),
  }),
} as const;

export const updateDeviceRoute = {
  method: "patch",
  path: "/devices/{deviceId}",
  tag,
  summary: "Rename a device, give it another profile, identity, tags or attributes",
  operation: updateDevice,
  request: updateDevice.input,
  response: z.object({
    deviceId: z.string(),
    name: z.string(),
    profileId: z.uuid(),
    ...identity,
    tags: z.array(z.string()),
    attributes: deviceAttributes,
  }),
} as const;

export const decommissionDeviceRoute = {
  method: "delete",
  path: "/devices/{deviceId}",
  tag,
  summary: "Decommission a device for good; its history stays",
  operation: decommissionDevice,
  request: decommissionDevice.input,
  response: z.object({
    deviceId: z.string(),
    state: z.literal("decommissioned"),
    data: z.enum(["keep", "erase"]),
    certificatesRevoked: z.int(),
    credentialsRevoked: z.int(),
    /** By which the proofs of the certificates' revocation are found. */
    revocations: z.array(z.uuid()),
    children: z.object({ detached: z.int(), decommissioned: z.int() }),
  }),
} as const;

export const suspendDeviceRoute = {
  method: "post",
  path: "/devices/{deviceId}/suspend",
  tag,
  summary: "Keep a device out until it is resumed",
  operation: suspendDevice,
  request: suspendDevice.input,
  response: z.object({ deviceId: z.string(), state: z.literal("suspended") }),
} as const;

export const resumeDeviceRoute = {
  method: "post",
  path: "/devices/{deviceId}/resume",
  tag,
  summary: "Let a suspended device in again, back into quarantine where it came from there",
  operation: resumeDevice,
  request: resumeDevice.input,
  response: z.object({ deviceId: z.string(), state: z.enum(["active", "quarantined"]) }),
} as const;

export const approveDeviceRoute = {
  method: "post",
  path: "/devices/{deviceId}/approve",
  tag,
  summary: "Let a device out of quarantine, and put what it sent there into the series",
  operation: approveDevice,
  request: approveDevice.input,
  response: z.object({
    deviceId: z.string(),
    state: z.literal("active"),
    replayed: z.int().describe("Messages that it sent in quarantine"),
  }),
} as const;
