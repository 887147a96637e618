import { isUtf8 } from "node:buffer";
import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";
import { retainedMessageListSchema } from "#server/services/retained-message/schemas.ts";

/** A retained message. Times are ISO 8601 in UTC. */
export type RetainedMessageView = {
  readonly topic: string;
  readonly qos: number;
  readonly bytes: number;
  /** The beginning of the payload; null where it is no text. */
  readonly text: string | null;
  readonly receivedAt: string;
  readonly expiresAt: string | null;
};

const shownCharacters = 256;

/**
 * What a device has had retained, by topic: new subscribers get it at once.
 * @throws ServiceError not_found
 */
export const listRetainedMessages = defineQuery({
  name: "retainedMessage.list",
  can: "telemetry.view",
  input: retainedMessageListSchema,
  run: async ({ ctx, tx, input }): Promise<readonly RetainedMessageView[]> => {
    const now = ctx.now();
    const { tenantId } = ctx;
    const { key } = await requireDevice(tx, { tenantId, reference: input.device, now });
    const rows = await tx.retainedMessage.findMany({
      where: {
        tenantId,
        publisher: `d:${key}`,
        OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
      },
      orderBy: { topic: "asc" },
      take: input.limit,
      select: { topic: true, qos: true, payload: true, receivedAt: true, expiresAt: true },
    });
    return rows.map(({ payload, ...row }) => ({
      ...row,
      bytes: payload.length,
      text: isUtf8(payload)
        ? Buffer.from(payload).toString("utf8").slice(0, shownCharacters)
        : null,
      receivedAt: row.receivedAt.toISOString(),
      expiresAt: row.expiresAt?.toISOString() ?? null,
    }));
  },
});
