import { z } from "zod";
import type { Context } from "#server/services/context.ts";
import { deviceRef } from "#server/services/device/schemas.ts";
import { acknowledgeDifference } from "#server/services/ledger/acknowledge.ts";
import { listLedgerDifferences } from "#server/services/ledger/differences.ts";
import { ledgerSummary } from "#server/services/ledger/summary.ts";
import { followMessage } from "#server/services/message/follow.ts";
import { stageNames } from "#server/services/message/followed.ts";

const tag = "Messages";
const instant = z.iso.datetime();
const instantText = z.string().describe("ISO 8601, or epoch milliseconds");
const toText = z.string().describe("Not included; ISO 8601, or epoch milliseconds");

const accounts = {
  received: z.int(),
  totals: z.record(z.string(), z.int()),
  unaccounted: z.int(),
};

export const ledgerRoute = {
  method: "get",
  path: "/ledger",
  tag,
  summary: "Account for every message that was received in a range",
  operation: ledgerSummary,
  request: z.object({
    from: instantText,
    to: toText,
    steps: z.int().min(1).max(1500).describe("Over time in at most so many steps").optional(),
  }),
  response: z.object({
    ...accounts,
    reasons: z.array(z.object({ outcome: z.string(), reason: z.string(), count: z.int() })),
    byTransport: z.array(z.object({ transport: z.string(), ...accounts })),
    byProfile: z.array(
      z.object({
        profile: z
          .object({ id: z.uuid(), name: z.string() })
          .nullable()
          .describe("Null for what service clients published"),
        ...accounts,
      }),
    ),
    stepMinutes: z.int(),
    steps: z.array(
      z.object({
        at: z.int().describe("Epoch milliseconds"),
        received: z.int(),
        stored: z.int(),
        duplicate: z.int(),
        filtered: z.int(),
        deadLettered: z.int(),
        rejected: z.int(),
        shed: z.int(),
        unaccounted: z.int(),
      }),
    ),
  }),
} as const;

type DifferencesQuery = { readonly state?: "open" | "all"; readonly limit?: number };

async function readDifferences(ctx: Context, query: DifferencesQuery) {
  return { differences: await listLedgerDifferences(ctx, query) };
}

export const ledgerDifferencesRoute = {
  method: "get",
  path: "/ledger/differences",
  tag,
  summary: "List the minutes that do not add up, newest first",
  operation: readDifferences,
  request: z.object({
    state: z.enum(["open", "all"]).describe("open: neither resolved nor acknowledged").optional(),
    limit: z.int().min(1).max(500).optional(),
  }),
  response: z.object({
    differences: z.array(
      z.object({
        minute: instant,
        kind: z.enum(["balance", "dead_letters"]),
        difference: z.int(),
        firstSeenAt: instant,
        lastSeenAt: instant,
        resolvedAt: instant.nullable(),
        acknowledged: z.object({ at: instant, by: z.string(), note: z.string() }).nullable(),
      }),
    ),
  }),
} as const;

export const acknowledgeDifferenceRoute = {
  method: "post",
  path: "/ledger/differences/acknowledge",
  tag,
  summary: "Say what a minute that does not add up was",
  operation: acknowledgeDifference,
  request: z.object({
    minute: instantText,
    kind: z.enum(["balance", "dead_letters"]),
    note: z.string().min(3).max(500),
  }),
  response: z.object({
    minute: instant,
    kind: z.string(),
    acknowledgedAt: instant,
    by: z.string(),
  }),
} as const;

const row = z.object({
  deviceId: z.string(),
  ts: z.string().describe("ISO 8601 with microseconds"),
  key: z.string().describe("Message key, a 64-bit integer"),
});

const end = z.union([
  z.object({
    as: z.literal("reading"),
    row,
    schema: z.object({ name: z.string(), version: z.int() }).nullable(),
    values: z.record(z.string(), z.unknown()),
  }),
  z.object({ as: z.literal("document"), row, channel: z.string(), text: z.string() }),
  z.object({
    as: z.literal("dead_letter"),
    id: z.uuid(),
    fingerprint: z.string(),
    state: z.enum(["open", "replayed", "discarded"]),
    reason: z.string(),
    detail: z.string(),
    settledReason: z.string().nullable(),
    row: row.nullable().describe("What a replay stored"),
    today: z
      .object({ wouldPass: z.boolean(), detail: z.string() })
      .describe("What would become of the same bytes with the schema of today"),
  }),
]);

const received = z.object({
  at: instant,
  transport: z.string().nullable(),
  qos: z.int().nullable(),
  topic: z.string().nullable().describe("Not kept with readings"),
  contentType: z.string().nullable(),
  bytes: z.int().nullable(),
  connection: z
    .object({
      clientId: z.string(),
      remote: z.string(),
      protocol: z.string(),
      tlsVersion: z.string().nullable(),
      since: instant,
    })
    .nullable(),
});

const fanout = z.object({
  topic: z.string(),
  isTopicKnown: z.boolean().describe("False for readings, of which the stream is not kept"),
  subscribers: z.array(
    z.object({
      sessionId: z.string(),
      clientId: z.string(),
      owner: z.object({ kind: z.string(), name: z.string() }),
      filter: z.string(),
      qos: z.int(),
      connected: z.boolean(),
      waiting: z.int(),
    }),
  ),
  isCut: z.boolean(),
});

export const followMessageRoute = {
  method: "get",
  path: "/messages/follow",
  tag,
  summary: "Follow a message to where it ended: by id, by device and time, or by text; recorded",
  operation: followMessage,
  request: z.object({
    id: z.string().max(64).describe("The message's own id, or its sequence number").optional(),
    device: deviceRef.describe("The device's own id, or our UUID").optional(),
    at: instantText.describe("Received then, or of that time; needs a device").optional(),
    window: z.number().max(3600).describe("Seconds on both sides of `at`, 5 by default").optional(),
    text: z.string().min(3).max(200).describe("Part of the payload, as it stands there").optional(),
    from: instantText.optional(),
    to: toText.optional(),
    limit: z.int().min(1).max(50).optional(),
  }),
  response: z.object({
    messages: z.array(
      z.object({
        deviceId: z.string(),
        messageId: z.string().nullable(),
        received,
        stages: z.array(
          z.object({
            stage: z.enum(stageNames),
            verdict: z.enum(["passed", "noted", "failed", "not_reached", "unknown"]),
            detail: z.string(),
          }),
        ),
        end,
        fanout: fanout.nullable().describe("Null for what was not passed on"),
        replays: z.array(
          z.object({
            letterId: z.uuid(),
            runId: z.uuid().nullable(),
            at: instant.nullable(),
            by: z.string().nullable(),
            refused: z.string(),
          }),
        ),
      }),
    ),
    from: instant,
    to: instant,
    isCut: z.boolean(),
    withoutDeadLetters: z.boolean(),
  }),
} as const;
