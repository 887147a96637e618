import { groupTarget } from "#server/services/enrolment/internal.ts";
import { requireCustomerCa } from "#server/services/enrolment/require-customer-ca.ts";
import { customerCaTarget } from "#server/services/enrolment/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

export type CustomerCaRemoved = { readonly authorityId: string };

/**
 * Forgets a CA that no device needs: one whose certificates are in use can be disabled only.
 * @throws ServiceError not_found, conflict (devices use its certificates)
 */
export const removeCustomerCa = defineMutation({
  name: "customerCa.remove",
  can: "enrolment.manage",
  input: customerCaTarget,
  run: async ({ ctx, tx, input }) => {
    const ca = await requireCustomerCa(tx, ctx, input.authorityId);
    const { tenantId } = ctx;
    const used = await tx.certificate.count({
      where: {
        tenantId,
        issuer: ca.subject,
        state: { in: ["issued", "active", "superseded", "suspended"] },
        notAfter: { gt: ctx.now() },
        device: { enrolmentGroupId: ca.group.id, state: { not: "decommissioned" } },
      },
    });
    if (used > 0) {
      throw new ServiceError(
        "conflict",
        `${used} ${used === 1 ? "certificate" : "certificates"} of the CA ${ca.name} ${used === 1 ? "is" : "are"} in use.`,
        {
          remedy:
            "Revoke those certificates first; or disable the CA, which refuses the devices that came by it as well.",
        },
      );
    }
    await tx.customerCa.deleteMany({ where: { tenantId, id: ca.id } });
    const value: CustomerCaRemoved = { authorityId: ca.id };
    return {
      value,
      audit: {
        target: groupTarget(ca.group),
        payload: {
          before: { authorityId: ca.id, name: ca.name, sha256: ca.sha256, subject: ca.subject },
        },
      },
      control: { kind: "fleet", tenantId },
    };
  },
});
