import { proofProblem } from "#server/pki/customer-ca.ts";
import { groupTarget } from "#server/services/enrolment/internal.ts";
import { requireCustomerCa } from "#server/services/enrolment/require-customer-ca.ts";
import { proveCustomerCaSchema } from "#server/services/enrolment/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

export type CustomerCaProven = { readonly authorityId: string; readonly state: "active" };

/**
 * Takes a CA into use, once somebody has shown that its key is at hand: by a certificate that it
 * signed, whose common name is the challenge.
 * @throws ServiceError not_found, invalid (no proof), conflict (proven already, or expired)
 */
export const proveCustomerCa = defineMutation({
  name: "customerCa.prove",
  can: "enrolment.manage",
  input: proveCustomerCaSchema,
  run: async ({ ctx, tx, input }) => {
    const ca = await requireCustomerCa(tx, ctx, input.authorityId);
    if (ca.state !== "unproven") {
      throw new ServiceError("conflict", `The CA ${ca.name} is proven already.`, {
        remedy: "Nothing was changed.",
      });
    }
    if (ca.notAfter <= ctx.now()) {
      throw new ServiceError("conflict", `The CA ${ca.name} has expired.`, {
        remedy: "Remove it and register its successor.",
      });
    }
    const problem = proofProblem(input.certificatePem, { caPem: ca.pem, challenge: ca.challenge });
    if (problem !== undefined) {
      throw new ServiceError("invalid", problem, {
        remedy: "Sign a certificate with the CA's key whose common name is the challenge.",
        fields: [{ path: "certificatePem", message: problem }],
      });
    }
    await tx.customerCa.update({
      where: { tenantId_id: { tenantId: ctx.tenantId, id: ca.id } },
      data: { state: "active", provenAt: ctx.now() },
      select: { id: true },
    });
    const value: CustomerCaProven = { authorityId: ca.id, state: "active" };
    return {
      value,
      audit: {
        target: groupTarget(ca.group),
        payload: { authorityId: ca.id, name: ca.name, sha256: ca.sha256, subject: ca.subject },
      },
    };
  },
});
