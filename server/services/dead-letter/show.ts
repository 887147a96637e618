import { isUtf8 } from "node:buffer";
import { appendAudit } from "#server/services/audit/append.ts";
import { summaryColumns, type DeadLetterSummary } from "#server/services/dead-letter/list.ts";
import { deadLetterShowSchema } from "#server/services/dead-letter/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";

export type DeadLetterDetail = DeadLetterSummary & {
  readonly payloadBytes: number;
  /** Text where the bytes are readable text, lower-case hex where they are not. */
  readonly payload: { readonly as: "text" | "hex"; readonly content: string };
};

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
    const row = await tx.deadLetter.findUnique({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: input.id } },
      select: { ...summaryColumns, payload: true },
    });
    if (row === null) {
      throw new ServiceError("not_found", "There is no such dead letter.", {
        remedy: "It may have been deleted. Go back to the list.",
      });
    }
    const { payload, receivedAt, ...summary } = row;
    await appendAudit(tx, ctx, {
      action: "deadLetter.read",
      target: `deadLetter:${row.id}`,
      payload: { deviceId: row.deviceId, reason: row.reason, bytes: payload.length },
    });
    return {
      ...summary,
      receivedAt: receivedAt.toISOString(),
      payloadBytes: payload.length,
      payload: readable(Buffer.from(payload)),
    };
  },
});

function readable(payload: Buffer): DeadLetterDetail["payload"] {
  const text = isUtf8(payload) ? payload.toString("utf8") : undefined;
  if (text !== undefined && !controlCharacters.test(text)) return { as: "text", content: text };
  return { as: "hex", content: payload.toString("hex") };
}
