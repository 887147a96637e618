import { groupTarget, requireGroup } from "#server/services/enrolment/internal.ts";
import { revokeEnrolmentCredentialSchema } from "#server/services/enrolment/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

export type EnrolmentCredentialRevoked = {
  readonly credentialId: string;
  /** ISO 8601 in UTC. */
  readonly revokedAt: string;
};

/**
 * Ends a claim certificate or a secret; devices that came by it stay what they are.
 * @throws ServiceError not_found, conflict (revoked already)
 */
export const revokeEnrolmentCredential = defineMutation({
  name: "enrolmentCredential.revoke",
  can: "enrolment.manage",
  input: revokeEnrolmentCredentialSchema,
  run: async ({ ctx, tx, input }) => {
    const group = await requireGroup(tx, ctx, input.groupId);
    const where = { tenantId: ctx.tenantId, id: input.credentialId, groupId: group.id };
    const found = await tx.enrolmentCredential.findFirst({
      where,
      select: { name: true, kind: true, revokedAt: true },
    });
    if (found === null) {
      throw new ServiceError("not_found", `The group ${group.name} has no such credential.`, {
        remedy: "Reload the page.",
      });
    }
    if (found.revokedAt !== null) {
      throw new ServiceError("conflict", `${found.name} is revoked already.`, {
        remedy: "Nothing was changed.",
      });
    }
    const revokedAt = ctx.now();
    await tx.enrolmentCredential.updateMany({ where, data: { revokedAt } });
    const value: EnrolmentCredentialRevoked = {
      credentialId: input.credentialId,
      revokedAt: revokedAt.toISOString(),
    };
    const { name, kind } = found;
    return {
      value,
      audit: {
        target: groupTarget(group),
        payload: { credentialId: input.credentialId, name, kind },
      },
      // A claim certificate is on the list of its CA from now on.
      control: { kind: "revocation" as const, tenantId: ctx.tenantId },
    };
  },
});
