import { createHash } from "node:crypto";
import type { Keyring } from "#server/crypto/envelope.ts";
import {
  findDueDeliveries,
  readNotifiedEvents,
  settleDeliveries,
  type DeliveryGroup,
} from "#server/db/alert-deliveries.ts";
import { namedEvents, nextAttempt, type Notification } from "#server/domain/alert-message.ts";
import type { AlertParts } from "#server/jobs/alerts/evaluate.ts";
import type { Job } from "#server/jobs/runner.ts";
import {
  NotSent,
  sendNotification,
  type AlertSenders,
} from "#server/services/alert-channel/send.ts";

export type DeliveryParts = AlertParts & {
  readonly keyring: Keyring;
  readonly senders: AlertSenders;
};

const everyMs = 10_000;
/** Groups of one run. */
const mostGroups = 200;
/** Channels that are sent to at the same time: one that does not answer keeps few others waiting. */
const atOnce = 8;

/** Under which the job is recorded. */
const alertDeliverJob = "alerts.deliver";

/** Sends what evaluations have put into the outbox, and tries again what did not arrive. */
export function alertDelivery(at: DeliveryParts): Job {
  return {
    name: alertDeliverJob,
    everyMs,
    run: async () => {
      const { sent, failed } = await deliverAlerts(at);
      return `${sent} notifications sent, ${failed} not`;
    },
  };
}

/**
 * Sends what is due: one notification for a channel and an evaluation, however many events it has.
 * It is sent before that is written down, so one that is cut off in between comes again, with the
 * same id.
 */
export async function deliverAlerts(
  at: DeliveryParts,
): Promise<{ readonly sent: number; readonly failed: number }> {
  const now = new Date(Math.floor(at.now()));
  const groups = await findDueDeliveries(at.db, { now, limit: mostGroups });
  const byChannel = Map.groupBy(groups, ({ channel }) => channel.id);
  const queues = [...byChannel.values()];
  let sent = 0;
  let failed = 0;
  const work = async (): Promise<void> => {
    for (let queue = queues.shift(); queue !== undefined; queue = queues.shift()) {
      for (const group of queue) {
        // What comes after one that failed waits for its turn: the channel is tried once in a run.
        if (!(await deliver(at, group, now))) {
          failed += 1;
          break;
        }
        sent += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { sent, failed };
}

/** The same for the same events, so that a repetition is known as one. */
function idOf({ channel, eventIds }: DeliveryGroup): string {
  const text = JSON.stringify([channel.id, eventIds]);
  return `msg_${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}

async function notificationOf(at: DeliveryParts, group: DeliveryGroup): Promise<Notification> {
  const { events, counts } = await readNotifiedEvents(at.db, group, namedEvents);
  return {
    id: idOf(group),
    organisation: { id: group.tenantId, name: group.organisation },
    events,
    counts,
    consoleUrl: at.senders.consoleUrl,
  };
}

/** @returns whether it was sent */
async function deliver(at: DeliveryParts, group: DeliveryGroup, now: Date): Promise<boolean> {
  const { channel, tenantId } = group;
  if (!channel.enabled) {
    await settleDeliveries(at.db, group, {
      state: "failed",
      error: "The channel is switched off.",
    });
    return true;
  }
  try {
    const notification = await notificationOf(at, group);
    const parts = { senders: at.senders, keyring: at.keyring, now };
    await sendNotification(parts, { ...channel, tenantId }, notification);
  } catch (error) {
    if (!(error instanceof NotSent))
      at.log.error({ event: "alerts.delivery_broken", reason: String(error) });
    // Whatever it is, other channels must not wait for this one.
    const words = error instanceof NotSent ? error.message : "Something went wrong on our side.";
    await settleFailure(at, group, { error: words, now });
    return false;
  }
  await settleDeliveries(at.db, group, { state: "sent", at: new Date(Math.floor(at.now())) });
  return true;
}

async function settleFailure(
  at: DeliveryParts,
  group: DeliveryGroup,
  { error, now }: { readonly error: string; readonly now: Date },
): Promise<void> {
  const { channel, tenantId, since } = group;
  const nextAt = nextAttempt({ attempts: group.attempts + 1, since, now });
  await settleDeliveries(
    at.db,
    group,
    nextAt === undefined ? { state: "failed", error } : { state: "pending", error, nextAt },
  );
  const event = nextAt === undefined ? "alerts.delivery_failed" : "alerts.delivery_retried";
  at.log.warn({ event, tenantId, channel: channel.name, reason: error });
}
