import type { Tx } from "#server/db/client.ts";
import type { Prisma } from "#server/db/generated/client.ts";
import { limitStatements } from "#server/db/read-series.ts";
import { decodeCursor, encodeCursor } from "#server/services/dead-letter/cursor.ts";
import {
  deadLetterListSchema,
  type deadLetterFilter,
} from "#server/services/dead-letter/schemas.ts";
import { defineQuery } from "#server/services/query.ts";
import type { z } from "zod";

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

/** Refused messages, newest first. Payloads are shown one at a time, and that is recorded. */
export const listDeadLetters = defineQuery({
  name: "deadLetter.list",
  can: "deadLetter.view",
  input: deadLetterListSchema,
  run: async ({ ctx, tx, input }): Promise<DeadLetterPage> => {
    await limitStatements(tx, timeoutMs);
    const rows = await readPage(tx, ctx.tenantId, input);
    const letters = rows.slice(0, input.limit);
    const last = letters.at(-1);
    return {
      letters: letters.map((row) => ({ ...row, receivedAt: row.receivedAt.toISOString() })),
      next: rows.length > input.limit && last !== undefined ? encodeCursor(last) : null,
    };
  },
});

type Input = z.output<typeof deadLetterListSchema>;

async function readPage(tx: Tx, tenantId: string, input: Input) {
  return tx.deadLetter.findMany({
    where: { tenantId, AND: conditionsOf(input) },
    orderBy: [{ receivedAt: "desc" }, { id: "desc" }],
    take: input.limit + 1,
    select: summaryColumns,
  });
}

/** The filter as conditions on `dead_letter`. */
export function conditionsOf(
  input: z.output<typeof deadLetterFilter> & Pick<Input, "cursor">,
): Prisma.DeadLetterWhereInput[] {
  const { reason, device, fingerprint, state, direction } = input;
  const conditions: Prisma.DeadLetterWhereInput[] = [
    {
      ...(reason !== undefined && { reason }),
      ...(device !== undefined && { deviceId: device }),
      ...(fingerprint !== undefined && { fingerprint }),
      ...(state !== undefined && { state }),
      ...(direction !== undefined && { direction }),
    },
  ];
  if (input.text !== undefined) {
    const contains = { contains: input.text, mode: "insensitive" as const };
    conditions.push({ OR: [{ detail: contains }, { topic: contains }, { deviceId: contains }] });
  }
  if (input.cursor !== undefined) {
    const { receivedAt, id } = decodeCursor(input.cursor);
    conditions.push({ receivedAt: { lte: receivedAt } });
    conditions.push({ OR: [{ receivedAt: { lt: receivedAt } }, { id: { lt: id } }] });
  }
  return conditions;
}
