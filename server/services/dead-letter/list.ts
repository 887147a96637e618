import { findDeadLetters } from "#server/db/find-dead-letters.ts";
import { limitStatements } from "#server/db/read-series.ts";
import { decodeCursor, encodeCursor } from "#server/services/dead-letter/cursor.ts";
import { deadLetterListSchema } from "#server/services/dead-letter/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** A refused message without its payload. */
export type DeadLetterSummary = {
  readonly id: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly deviceId: string;
  readonly topic: string;
  readonly transport: string;
  readonly qos: number;
  readonly messageId: string | null;
  readonly reason: string;
  readonly detail: string;
  /** Names the cause. */
  readonly fingerprint: string;
  readonly direction: "inbound" | "outbound";
  readonly state: "open" | "replayed" | "discarded";
};

export type DeadLetterPage = {
  readonly letters: readonly DeadLetterSummary[];
  /** `cursor` of the next page; null on the last. */
  readonly next: string | null;
};

export const summaryColumns = {
  id: true,
  receivedAt: true,
  deviceId: true,
  topic: true,
  transport: true,
  qos: true,
  messageId: true,
  reason: true,
  detail: true,
  fingerprint: true,
  direction: true,
  state: true,
} as const;

const timeoutMs = 5000;

/** Refused messages, newest first: those of a group by event time. Payloads are shown one at a time, and that is recorded. */
export const listDeadLetters = defineQuery({
  name: "deadLetter.list",
  can: "deadLetter.view",
  input: deadLetterListSchema,
  run: async ({ ctx, tx, input }): Promise<DeadLetterPage> => {
    await limitStatements(tx, timeoutMs);
    const { tenantId } = ctx;
    const { cursor, limit, ...filter } = input;
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const places = await findDeadLetters(tx, { tenantId, ...filter, after, limit: limit + 1 });
    const page = places.slice(0, limit);
    const ids = page.map(({ id }) => id);
    const rows = await tx.deadLetter.findMany({
      where: { tenantId, id: { in: ids } },
      select: summaryColumns,
    });
    const last = page.at(-1);
    return {
      letters: inOrder(ids, rows).map((row) => ({
        ...row,
        receivedAt: row.receivedAt.toISOString(),
      })),
      next: places.length > limit && last !== undefined ? encodeCursor(last) : null,
    };
  },
});

/** Rows in the order of their ids. */
export function inOrder<T extends { readonly id: string }>(
  ids: readonly string[],
  rows: readonly T[],
): readonly T[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
