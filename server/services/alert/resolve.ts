import { resolveAlerts } from "#server/db/write-alerts.ts";
import { ruleWords } from "#server/domain/alert.ts";
import { alertTargetOf, requireAlert } from "#server/services/alert/internal.ts";
import { resolveAlertSchema } from "#server/services/alert/schemas.ts";
import type { AlertView } from "#server/services/alert/view.ts";
import { actorName } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Ends an alert of something that comes and goes. If it comes again, that is a new alert. What lasts
 * cannot be resolved by hand: it would be raised again at once.
 * @throws ServiceError not_found, conflict (it is resolved, or ends by itself)
 */
export const resolveAlert = defineMutation({
  name: "alert.resolve",
  can: "alert.acknowledge",
  input: resolveAlertSchema,
  run: async ({ ctx, tx, input: { alertId, note } }) => {
    const alert = await requireAlert(tx, ctx, alertId);
    const { rule, subject } = alert;
    if (ruleWords[rule].quietDays === undefined) {
      throw new ServiceError("conflict", "This alert ends by itself when its cause is gone.", {
        remedy: "Acknowledge it meanwhile.",
      });
    }
    const count = await resolveAlerts(tx, {
      alerts: [{ tenantId: ctx.tenantId, id: alertId }],
      now: ctx.now(),
      by: actorName(ctx.actor),
      detail: note,
    });
    if (count === 0) {
      throw new ServiceError("conflict", "The alert is resolved already.", {
        remedy: "Nothing was changed.",
      });
    }
    const value: AlertView = await requireAlert(tx, ctx, alertId);
    return { value, audit: { target: alertTargetOf(alert), payload: { rule, subject, note } } };
  },
});
