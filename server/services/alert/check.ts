import { checkAlertsSchema } from "#server/services/alert/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** That a worker was asked to look. */
export type AlertCheckAsked = { readonly asked: true };

/** Asks a worker to evaluate all rules now, instead of within the hour. */
export const checkAlertsNow = defineMutation({
  name: "alert.check",
  can: "alert.acknowledge",
  input: checkAlertsSchema,
  run: async ({ ctx }) => {
    const value: AlertCheckAsked = { asked: true };
    return {
      value,
      audit: { target: "alerts", payload: {} },
      control: { kind: "alerts" as const, tenantId: ctx.tenantId },
    };
  },
});
