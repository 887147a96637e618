import { isUtf8 } from "node:buffer";
import type { Tx } from "#server/db/client.ts";
import { messageOfLetter } from "#server/pipeline/letter-message.ts";
import type { Difference } from "#server/schema/difference.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { noLetter, readJudges } from "#server/services/dead-letter/internal.ts";
import { readKeptLetters } from "#server/services/dead-letter/letters.ts";
import { summaryColumns, type DeadLetterSummary } from "#server/services/dead-letter/list.ts";
import { lookAt, type PayloadViews } from "#server/services/dead-letter/payload-views.ts";
import { deadLetterShowSchema } from "#server/services/dead-letter/schemas.ts";
import { verdictsOf, type Verdict } from "#server/services/dead-letter/verdicts.ts";
import { defineQuery } from "#server/services/query.ts";

export type DeadLetterDetail = DeadLetterSummary & {
  readonly payloadBytes: number;
  /** Text where the bytes are readable text, lower-case hex where they are not. */
  readonly payload: { readonly as: "text" | "hex"; readonly content: string };
  readonly views: PayloadViews;
  /** How the first reading that differs does so from the schema of today; null where none does. */
  readonly difference: Difference | null;
  /** What the stages say of it today; empty where the device or its profile is gone. */
  readonly verdicts: readonly Verdict[];
  readonly channel: string;
  readonly contentType: string | null;
  /** What came beside the payload: id, ts, seq, schema. */
  readonly properties: Readonly<Record<string, string | number>>;
  readonly firmware: string | null;
  readonly category: string;
  readonly path: string;
  readonly errorKind: string;
  /** The version that refused it. */
  readonly schema: { readonly name: string; readonly version: number } | null;
  /** The device's time where it could be read, else when it came. ISO 8601. */
  readonly eventAt: string;
  /** Who settled it, when and why; null while it is open. */
  readonly settled: {
    readonly at: string;
    readonly by: string;
    readonly reason: string;
    readonly runId: string | null;
  } | null;
  /** Its first stored row: device time (ISO 8601) and message key. */
  readonly stored: { readonly ts: string; readonly key: string } | null;
};

const columns = {
  ...summaryColumns,
  payload: true,
  channel: true,
  contentType: true,
  properties: true,
  firmware: true,
  category: true,
  path: true,
  errorKind: true,
  schemaId: true,
  eventAt: true,
  settledAt: true,
  settledBy: true,
  settledReason: true,
  runId: true,
  storedTs: true,
  storedKey: true,
} as const;

const controlCharacters = /(?![\t\n\r])\p{Cc}/u;

/**
 * A refused message with its payload. What devices send may be personal or secret, so that reading
 * it is recorded.
 * @throws ServiceError not_found
 */
export const showDeadLetter = defineQuery({
  name: "deadLetter.show",
  can: "deadLetter.view",
  input: deadLetterShowSchema,
  run: async ({ ctx, tx, input }): Promise<DeadLetterDetail> => {
    const { tenantId } = ctx;
    const row = await tx.deadLetter.findUnique({
      where: { tenantId_id: { tenantId, id: input.id } },
      select: columns,
    });
    if (row === null) throw noLetter();
    const { payload: bytes, schemaId, settledAt, settledBy, settledReason, ...rest } = row;
    const { storedTs, storedKey, runId, ...summary } = rest;
    const payload = Buffer.from(bytes);
    await appendAudit(tx, ctx, {
      action: "deadLetter.read",
      target: `deadLetter:${row.id}`,
      payload: { deviceId: row.deviceId, reason: row.reason, bytes: payload.length },
    });
    return {
      ...summary,
      ...(await judgedToday(tx, { tenantId, id: row.id, payload, direction: row.direction })),
      receivedAt: row.receivedAt.toISOString(),
      eventAt: row.eventAt.toISOString(),
      payloadBytes: payload.length,
      payload: readable(payload),
      properties: plainProperties(row.properties),
      schema: schemaId === null ? null : await schemaNamed(tx, { tenantId, schemaId }),
      settled:
        settledAt === null
          ? null
          : {
              at: settledAt.toISOString(),
              by: settledBy ?? "",
              reason: settledReason ?? "",
              runId,
            },
      stored:
        storedTs === null || storedKey === null
          ? null
          : { ts: storedTs.toISOString(), key: String(storedKey) },
    };
  },
});

async function judgedToday(
  tx: Tx,
  at: {
    readonly tenantId: string;
    readonly id: string;
    readonly payload: Buffer;
    readonly direction: DeadLetterSummary["direction"];
  },
): Promise<Pick<DeadLetterDetail, "views" | "difference" | "verdicts">> {
  const { tenantId, id, payload, direction } = at;
  const { letters } = await readKeptLetters(tx, { tenantId, ids: [id] });
  const [letter] = letters;
  if (letter === undefined) {
    const views = { json: null, cbor: null, protobuf: null, hex: payload.toString("hex") };
    return { views, difference: null, verdicts: [] };
  }
  const judges = await readJudges(tx, [letter.device.profileId]);
  // What was on its way to a device is no reading, and no schema of readings speaks of it.
  const profile = direction === "outbound" ? undefined : judges.profile(letter.device.profileId);
  const message = messageOfLetter(letter);
  return {
    ...lookAt(message, profile, judges.version),
    verdicts: profile === undefined ? [] : verdictsOf(message, profile),
  };
}

async function schemaNamed(
  tx: Tx,
  at: { readonly tenantId: string; readonly schemaId: number },
): Promise<DeadLetterDetail["schema"]> {
  const { tenantId, schemaId } = at;
  return tx.schemaVersion.findUnique({
    where: { tenantId_id: { tenantId, id: schemaId } },
    select: { name: true, version: true },
  });
}

function plainProperties(kept: unknown): DeadLetterDetail["properties"] {
  if (typeof kept !== "object" || kept === null) return {};
  return Object.fromEntries(
    Object.entries(kept).filter(
      (entry): entry is [string, string | number] =>
        entry[0] !== "forwarded" && (typeof entry[1] === "string" || typeof entry[1] === "number"),
    ),
  );
}

function readable(payload: Buffer): DeadLetterDetail["payload"] {
  const text = isUtf8(payload) ? payload.toString("utf8") : undefined;
  if (text !== undefined && !controlCharacters.test(text)) return { as: "text", content: text };
  return { as: "hex", content: payload.toString("hex") };
}
