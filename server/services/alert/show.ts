import type { Tx } from "#server/db/client.ts";
import { ruleWords, type Severity } from "#server/domain/alert.ts";
import { requireAlert } from "#server/services/alert/internal.ts";
import { alertTarget } from "#server/services/alert/schemas.ts";
import type { AlertView } from "#server/services/alert/view.ts";
import { defineQuery } from "#server/services/query.ts";

/** What was sent of an event, and where. */
export type AlertDeliveryView = {
  readonly channelId: string;
  readonly channelName: string;
  /** pending, sent, failed */
  readonly state: string;
  readonly attempts: number;
  readonly sentAt: string | null;
  /** When the next attempt is made, of one that is pending. */
  readonly nextAt: string | null;
  readonly error: string;
};

/** One step in the life of an alert. */
export type AlertEventView = {
  readonly id: string;
  /** fired, escalated, acknowledged, resolved */
  readonly kind: string;
  readonly step: string;
  readonly severity: Severity;
  readonly at: string;
  readonly by: string;
  readonly detail: string;
  readonly deliveries: readonly AlertDeliveryView[];
};

/** An alert with its history, newest first. */
export type AlertDetail = AlertView & {
  /** Whether a person may resolve it: what comes and goes. */
  readonly mayBeResolved: boolean;
  readonly events: readonly AlertEventView[];
};

const mostEvents = 200;

/**
 * An alert, what happened to it, and to whom it was sent.
 * @throws ServiceError not_found
 */
export const showAlert = defineQuery({
  name: "alert.show",
  can: "alert.view",
  input: alertTarget,
  run: async ({ ctx, tx, input }): Promise<AlertDetail> => {
    const alert = await requireAlert(tx, ctx, input.alertId);
    return {
      ...alert,
      mayBeResolved: ruleWords[alert.rule].quietDays !== undefined,
      events: await eventsOf(tx, { tenantId: ctx.tenantId, alertId: alert.id }),
    };
  },
});

async function eventsOf(
  tx: Tx,
  of: { readonly tenantId: string; readonly alertId: string },
): Promise<readonly AlertEventView[]> {
  const rows = await tx.alertEvent.findMany({
    where: of,
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: mostEvents,
    select: {
      id: true,
      kind: true,
      step: true,
      severity: true,
      at: true,
      by: true,
      detail: true,
      deliveries: {
        orderBy: { channelId: "asc" },
        select: {
          channelId: true,
          state: true,
          attempts: true,
          sentAt: true,
          nextAt: true,
          error: true,
          channel: { select: { name: true } },
        },
      },
    },
  });
  return rows.map(({ deliveries, ...event }) => ({
    ...event,
    severity: event.severity as Severity,
    at: event.at.toISOString(),
    deliveries: deliveries.map(({ channel, sentAt, nextAt, ...delivery }) => ({
      ...delivery,
      channelName: channel.name,
      sentAt: sentAt?.toISOString() ?? null,
      nextAt: delivery.state === "pending" ? nextAt.toISOString() : null,
    })),
  }));
}
