import { createHash } from "node:crypto";
import type { Tx } from "#server/db/client.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";
import { removeRetainedMessageSchema } from "#server/services/retained-message/schemas.ts";

export type RetainedMessageRemoved = { readonly topic: string };

/**
 * Clears a retained message: new subscribers do not get it any more. Those who have it already are
 * not told; a device may retain a new one at any time.
 * @throws ServiceError not_found
 */
export const removeRetainedMessage = defineMutation({
  name: "retainedMessage.remove",
  can: "retainedMessage.remove",
  input: removeRetainedMessageSchema,
  run: async ({ ctx, tx, input: { topic, reason } }) => {
    const { tenantId } = ctx;
    const topicHash = new Uint8Array(createHash("sha256").update(topic, "utf8").digest());
    const found = await tx.retainedMessage.findUnique({
      where: { tenantId_topicHash: { tenantId, topicHash } },
      select: { publisher: true, payload: true, receivedAt: true },
    });
    // Somebody may clear it, or the device replace it, between the look and the act.
    const { count } = await tx.retainedMessage.deleteMany({ where: { tenantId, topicHash } });
    if (found === null || count === 0) {
      throw new ServiceError("not_found", `Nothing is retained on “${topic.slice(0, 200)}”.`, {
        remedy: "It may have been cleared already. Reload the page.",
      });
    }
    const value: RetainedMessageRemoved = { topic };
    return {
      value,
      audit: {
        target: await targetOf(tx, tenantId, found.publisher),
        payload: {
          topic,
          bytes: found.payload.length,
          receivedAt: found.receivedAt.toISOString(),
        },
        ...(reason === "" ? {} : { reason }),
      },
    };
  },
});

/** In the audit trail a retained message belongs to whoever published it. */
async function targetOf(tx: Tx, tenantId: string, publisher: string): Promise<string> {
  const [, key] = /^d:(\d{1,19})$/.exec(publisher) ?? [];
  if (key === undefined) return "retainedMessage";
  const device = await tx.device.findFirst({
    where: { tenantId, key: BigInt(key) },
    select: { deviceId: true },
  });
  return device === null ? "retainedMessage" : `device:${device.deviceId}`;
}
