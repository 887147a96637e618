import { topicFilterProblem, parseShared } from "#server/broker/topic-filter.ts";
import type { LiveTailFilter } from "#server/domain/live.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { actorName } from "#server/services/context.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { ServiceError } from "#server/services/errors.ts";
import { tailSchema } from "#server/services/message/schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** A stream that was lost and comes back within this time is the same opening. */
const reopenMs = 15 * 60_000;
const rememberedOpenings = 10_000;
/** When each opening was seen last, oldest first. */
const opened = new Map<string, number>();

/**
 * Allows a live tail. Payloads may be personal, so that each opening is recorded, once.
 * @throws ServiceError not_found (the device), invalid (the topic filter)
 */
export const openTail = defineQuery({
  name: "message.tail",
  can: "telemetry.view",
  input: tailSchema,
  run: async ({ ctx, tx, input }): Promise<LiveTailFilter> => {
    const { tenantId } = ctx;
    const { opening, device: reference, ...filter } = input;
    requireTopicFilter(filter.topic);
    const device =
      reference === undefined
        ? undefined
        : await requireDevice(tx, { tenantId, reference, now: ctx.now() });
    const target = device === undefined ? "fleet" : `device:${device.deviceId}`;
    const key = `${tenantId} ${actorName(ctx.actor)} ${opening} ${target}`;
    if (isNew(key, ctx.now().getTime())) {
      await appendAudit(tx, ctx, { action: "message.tail", target, payload: { filter } });
    }
    return {
      ...(device !== undefined && { deviceKey: device.key.toString() }),
      ...(filter.profileId !== undefined && { profileId: filter.profileId }),
      ...(filter.outcome !== undefined && { outcome: filter.outcome }),
      ...(filter.topic !== undefined && { topic: filter.topic }),
      ...(filter.text !== undefined && { text: filter.text }),
    };
  },
});

function requireTopicFilter(topic: string | undefined): void {
  if (topic === undefined) return;
  const problem =
    parseShared(topic) === undefined ? topicFilterProblem(topic) : "is a shared subscription";
  if (problem === undefined) return;
  throw new ServiceError("invalid", `The topic filter ${problem}.`, {
    remedy: "Write a topic such as qs/v1/d/+/up/telemetry.",
  });
}

function isNew(key: string, now: number): boolean {
  const seenAt = opened.get(key);
  opened.delete(key);
  opened.set(key, now);
  if (opened.size > rememberedOpenings) {
    const [oldest] = opened.keys();
    if (oldest !== undefined) opened.delete(oldest);
  }
  return seenAt === undefined || now - seenAt > reopenMs;
}
