import { z } from "zod";
import { certificateSorts } from "#server/domain/certificate-filter.ts";
import { certificateKinds } from "#server/domain/certificate-kind.ts";
import { certificateStandings, renewalPlans } from "#server/domain/certificate-standing.ts";
import { cryptoInventory, cryptoUses } from "#server/services/certificate/crypto-inventory.ts";
import { exportCertificates } from "#server/services/certificate/export.ts";
import { certificateFacets } from "#server/services/certificate/facets.ts";
import { certificateListInput } from "#server/services/certificate/list-input.ts";
import { listCertificates } from "#server/services/certificate/list.ts";
import { certificateRunOut } from "#server/services/certificate/run-out.ts";
import { showCertificate } from "#server/services/certificate/show.ts";
import type { Context } from "#server/services/context.ts";

const instant = z.iso.datetime();
const tag = "Certificates";

const entry = z.object({
  kind: z.enum(certificateKinds),
  id: z.string().describe("UUID of a device's certificate; of other kinds what names them there"),
  name: z.string(),
  subject: z.string(),
  issuer: z.string(),
  serial: z.string().describe("Of a revocation list its number"),
  sha256: z.string(),
  keyAlgorithm: z.string(),
  device: z.object({ deviceId: z.string(), name: z.string() }).nullable(),
  profile: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  groupId: z.uuid().nullable(),
  notBefore: instant,
  notAfter: instant,
  daysLeft: z.int(),
  standing: z.enum(certificateStandings),
  renewalDueAt: instant.nullable().describe("Null where people renew it"),
  plan: z.enum(renewalPlans).nullable().describe("Who renews it in time; null: nobody"),
  lastContactAt: instant.nullable(),
  nextContactAt: instant.nullable().describe("When its device is expected next"),
});

const filter = {
  text: z
    .string()
    .describe("Part of a device id, name or subject; beginning of a serial or fingerprint")
    .optional(),
  kind: z
    .string()
    .describe(`Comma-separated list of ${certificateKinds.join(", ")}`)
    .optional(),
  standing: z
    .string()
    .describe(`Comma-separated list of ${certificateStandings.join(", ")}`)
    .optional(),
  profile: z.string().describe("Comma-separated list of profile UUIDs").optional(),
  issuer: z
    .string()
    .describe("Distinguished name of the issuer; may come several times")
    .optional(),
  within: z.int().min(1).describe("Days: those that end from now until then").optional(),
  from: z.iso.date().describe("First day on which they end, UTC").optional(),
  to: z.iso.date().describe("Last day on which they end, UTC").optional(),
  contact: z
    .literal("before")
    .describe("Only those that end before their device's next expected contact")
    .optional(),
  sort: z.enum(certificateSorts).optional(),
};

type Query = Parameters<typeof certificateListInput>[0];

export const listCertificatesRoute = {
  method: "get",
  path: "/certificates",
  tag,
  summary: "List everything that runs out, by its end, page by page",
  operation: (ctx: Context, input: Query) =>
    // listCertificates judges what it is given.
    listCertificates(ctx, certificateListInput(input) as Parameters<typeof listCertificates>[1]),
  request: z.object({
    ...filter,
    cursor: z.string().describe("`nextCursor` of the page before").optional(),
    limit: z.int().min(1).max(200).optional(),
  }),
  response: z.object({
    certificates: z.array(entry),
    nextCursor: z.string().nullable(),
    matching: z.object({ count: z.int(), more: z.boolean() }).nullable(),
  }),
} as const;

export const certificateFacetsRoute = {
  method: "get",
  path: "/certificates/facets",
  tag,
  summary: "Count the inventory by kind, standing, profile and issuer; counted within ten minutes",
  operation: certificateFacets,
  request: certificateFacets.input,
  response: z.object({
    total: z.int(),
    kinds: z.record(z.string(), z.int()),
    standings: z.record(z.string(), z.int()),
    profiles: z.array(z.object({ id: z.uuid(), name: z.string(), count: z.int() })),
    issuers: z.array(z.object({ name: z.string(), count: z.int() })),
  }),
} as const;

export const exportCertificatesRoute = {
  method: "get",
  path: "/certificates/export",
  tag,
  summary: "Export the matching certificates as CSV or NDJSON; the audit trail keeps who did",
  operation: async (ctx: Context, input: Query) =>
    exportCertificates(ctx, certificateListInput(input)),
  request: z.object({ ...filter, format: z.enum(["csv", "ndjson"]).optional() }),
  response: z.string(),
  media: { answer: "text/csv" },
} as const;

export const certificateRunOutRoute = {
  method: "get",
  path: "/certificates/run-out",
  tag,
  summary:
    "Show what runs out in which week, by profile or issuer, planned renewals apart; counted within ten minutes",
  operation: certificateRunOut,
  request: certificateRunOut.input,
  response: z.object({
    by: z.enum(["profile", "issuer"]),
    series: z.array(
      z.object({
        id: z.string(),
        label: z.string(),
        filter: z.record(z.string(), z.array(z.string())).optional(),
      }),
    ),
    weeks: z.array(
      z.object({
        startsAt: instant.nullable().describe("Monday; null: those that have ended"),
        counts: z
          .array(z.tuple([z.int(), z.int()]))
          .describe("Of each series: renewals planned, and nobody plans one"),
      }),
    ),
    beforeContact: z.int().describe("Devices that expire before their next expected contact"),
    byPeopleSoon: z.int().describe("Renewed by people, and end within 30 days"),
    lateRenewals: z.int().describe("Devices whose renewal is overdue or critical"),
  }),
} as const;

export const cryptoInventoryRoute = {
  method: "get",
  path: "/certificates/inventory",
  tag,
  summary: "Show every algorithm and key size in use, its strength and its sunset",
  operation: cryptoInventory,
  request: cryptoInventory.input,
  response: z.object({
    entries: z.array(
      z.object({
        use: z.enum(cryptoUses),
        algorithm: z.string(),
        detail: z.string(),
        count: z.int().nullable(),
        bits: z.int().nullable().describe("Security strength by SP 800-57 Part 1"),
        standing: z.enum(["good", "sunset", "weak", "unknown"]),
        sunset: z.iso.date().nullable(),
        why: z.string(),
      }),
    ),
    findings: z.array(
      z.object({
        severity: z.enum(["warning", "critical"]),
        title: z.string(),
        remedy: z.string(),
        devices: z.array(z.string()),
      }),
    ),
  }),
} as const;

const neighbour = z
  .object({
    id: z.uuid(),
    sha256: z.string(),
    state: z.string(),
    issuedAt: instant,
    notAfter: instant,
  })
  .nullable();

export const showCertificateRoute = {
  method: "get",
  path: "/certificates/{certificateId}",
  tag,
  summary: "Show a device's certificate: what it says, its chain, where it is used, its history",
  operation: showCertificate,
  request: showCertificate.input,
  response: entry.extend({
    state: z.string(),
    spkiSha256: z.string(),
    names: z.array(z.string()),
    signature: z.string(),
    key: z.object({
      bits: z.int().nullable(),
      standing: z.enum(["good", "sunset", "weak", "unknown"]),
      sunset: z.iso.date().nullable(),
      why: z.string(),
    }),
    extensions: z.array(
      z.object({
        oid: z.string(),
        name: z.string(),
        critical: z.boolean(),
        says: z.array(z.object({ text: z.string(), mono: z.boolean().optional() })),
      }),
    ),
    chain: z.array(
      z.object({
        kind: z.enum(["issuing", "root", "customer_ca"]),
        subject: z.string(),
        sha256: z.string(),
        serial: z.string(),
        keyAlgorithm: z.string(),
        signature: z.string(),
        notBefore: instant,
        notAfter: instant,
        counts: z.boolean(),
        groupId: z.uuid().nullable(),
        pem: z.string(),
      }),
    ),
    pem: z.string(),
    issuedAt: instant,
    issuedBy: z.string(),
    activatedAt: instant.nullable(),
    suspendedAt: instant.nullable(),
    revokedAt: instant.nullable(),
    revocationReason: z.string().nullable(),
    retireAt: instant.nullable(),
    lastUsedAt: instant.nullable(),
    follows: neighbour,
    followedBy: neighbour,
    sharesKeyWith: z.array(z.string()),
    policy: z.object({
      renewal: z.enum(["manual", "automatic"]),
      alertDays: z.array(z.int()),
      overlapDays: z.int(),
    }),
    use: z.object({
      session: z.record(z.string(), z.unknown()).nullable(),
      connections: z.array(z.record(z.string(), z.unknown())),
      audit: z.array(z.record(z.string(), z.unknown())).nullable(),
      revocations: z.array(z.record(z.string(), z.unknown())),
    }),
  }),
} as const;
