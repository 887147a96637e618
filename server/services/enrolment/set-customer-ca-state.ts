import { groupTarget } from "#server/services/enrolment/internal.ts";
import { requireCustomerCa } from "#server/services/enrolment/require-customer-ca.ts";
import { setCustomerCaStateSchema } from "#server/services/enrolment/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

export type CustomerCaStateSet = {
  readonly authorityId: string;
  readonly state: "active" | "disabled";
};

/**
 * Lets a proven CA enrol devices, or not. While it is disabled its certificates count for nobody:
 * devices that came by it are refused, and let in again once it is enabled.
 * @throws ServiceError not_found, conflict (not proven, or in that state already)
 */
export const setCustomerCaState = defineMutation({
  name: "customerCa.setState",
  can: "enrolment.manage",
  input: setCustomerCaStateSchema,
  run: async ({ ctx, tx, input }) => {
    const ca = await requireCustomerCa(tx, ctx, input.authorityId);
    const { state } = input;
    if (ca.state === "unproven") {
      throw new ServiceError("conflict", `Possession of the key of ${ca.name} is not proven.`, {
        remedy: "Prove it, or remove the CA.",
      });
    }
    if (ca.state === state) {
      throw new ServiceError("conflict", `The CA ${ca.name} is ${state} already.`, {
        remedy: "Nothing was changed.",
      });
    }
    await tx.customerCa.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: ca.id } },
      data: { state },
      select: { id: true },
    });
    const value: CustomerCaStateSet = { authorityId: ca.id, state };
    return {
      value,
      audit: {
        target: groupTarget(ca.group),
        payload: { authorityId: ca.id, before: { state: ca.state }, after: { state } },
      },
      control: { kind: "fleet", tenantId: ctx.tenantId },
    };
  },
});
