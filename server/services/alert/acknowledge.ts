import { acknowledge, alertTargetOf, requireAlert } from "#server/services/alert/internal.ts";
import { acknowledgeAlertSchema } from "#server/services/alert/schemas.ts";
import type { AlertView } from "#server/services/alert/view.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Says that somebody has seen an alert and takes care of it. It stays until its cause is gone, and
 * opens again when it reaches its next step.
 * @throws ServiceError not_found, conflict (it is not open)
 */
export const acknowledgeAlert = defineMutation({
  name: "alert.acknowledge",
  can: "alert.acknowledge",
  input: acknowledgeAlertSchema,
  run: async ({ ctx, tx, input: { alertId, note } }) => {
    const alert = await requireAlert(tx, ctx, alertId);
    const changed = await acknowledge(tx, ctx, { ids: [alertId], note });
    if (changed.length === 0) {
      throw new ServiceError("conflict", `The alert is ${alert.state} already.`, {
        remedy: "Nothing was changed.",
      });
    }
    const value: AlertView = await requireAlert(tx, ctx, alertId);
    const { rule, subject, step } = alert;
    return {
      value,
      audit: { target: alertTargetOf(alert), payload: { rule, subject, step, note } },
    };
  },
});
