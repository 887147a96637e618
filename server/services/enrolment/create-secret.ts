import { newEnrolmentSecret } from "#server/services/auth/secret.ts";
import { actorName } from "#server/services/context.ts";
import { groupTarget, requireGroup, requireKind } from "#server/services/enrolment/internal.ts";
import { createEnrolmentSecretSchema } from "#server/services/enrolment/schemas.ts";
import { defineMutation } from "#server/services/mutation.ts";

const hourMs = 3_600_000;

/** A secret by which devices enrol, in this answer and nowhere else. */
export type EnrolmentSecretMade = {
  readonly credentialId: string;
  readonly secret: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
};

/**
 * Makes a secret that a device shows instead of a claim certificate.
 * @throws ServiceError not_found, conflict (kind of group)
 */
export const createEnrolmentSecret = defineMutation({
  name: "enrolmentCredential.createSecret",
  can: "enrolment.manage",
  input: createEnrolmentSecretSchema,
  run: async ({ ctx, tx, input }) => {
    const group = await requireGroup(tx, ctx, input.groupId);
    requireKind(group, ["claim", "est"], "Enrolment secrets");
    const { name, hours, maxUses, expectedSerials } = input;
    const { text: secret, hash } = newEnrolmentSecret();
    const expires = new Date(ctx.now().getTime() + hours * hourMs);
    const { id: credentialId } = await tx.enrolmentCredential.create({
      data: {
        tenantId: ctx.tenantId,
        groupId: group.id,
        kind: "secret",
        name,
        secretHash: hash,
        maxUses,
        expiresAt: expires,
        expectedSerials,
        createdAt: ctx.now(),
        createdBy: actorName(ctx.actor),
      },
      select: { id: true },
    });
    const expiresAt = expires.toISOString();
    const value: EnrolmentSecretMade = { credentialId, secret, expiresAt };
    return {
      value,
      audit: {
        target: groupTarget(group),
        payload: {
          credentialId,
          name,
          expiresAt,
          maxUses,
          expectedSerials: expectedSerials.length,
        },
      },
    };
  },
});
