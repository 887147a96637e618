import { acknowledge } from "#server/services/alert/internal.ts";
import { acknowledgeAlertsSchema } from "#server/services/alert/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** How many of the named alerts were open. */
export type AlertsAcknowledged = { readonly acknowledged: number };

/**
 * Acknowledges those of the named alerts that are open, with one note.
 * @throws ServiceError conflict (none of them is open, or none exists)
 */
export const acknowledgeAlerts = defineMutation({
  name: "alert.acknowledgeMany",
  can: "alert.acknowledge",
  input: acknowledgeAlertsSchema,
  run: async ({ ctx, tx, input: { alertIds, note } }) => {
    const changed = await acknowledge(tx, ctx, { ids: alertIds, note });
    if (changed.length === 0) {
      throw new ServiceError("conflict", "None of these alerts is open.", {
        remedy: "Look at the list again: somebody was faster, or their causes are gone.",
      });
    }
    const value: AlertsAcknowledged = { acknowledged: changed.length };
    return { value, audit: { target: "alerts", payload: { alertIds: changed, note } } };
  },
});
