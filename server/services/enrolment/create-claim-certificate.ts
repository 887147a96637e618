import { randomUUID } from "node:crypto";
import { describeCertificate } from "#server/pki/describe.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { signClaim } from "#server/services/enrolment/sign-claim.ts";
import { groupTarget, requireGroup, requireKind } from "#server/services/enrolment/internal.ts";
import { createClaimCertificateSchema } from "#server/services/enrolment/schemas.ts";
import { readTrustedRoots } from "#server/services/authority/chain.ts";
import { actorName } from "#server/services/context.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** A claim certificate with its key, handed out this once: nothing here keeps the key. */
export type ClaimCertificateMade = {
  readonly credentialId: string;
  readonly certificatePem: string;
  /** Issuing CA, then root. */
  readonly chainPem: string;
  /** The root, by which the device knows the server. */
  readonly caPem: string;
  /** PKCS #8. */
  readonly privateKeyPem: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
};

/**
 * Makes a certificate that many devices may carry: it is good for enrolling by its group, and for
 * nothing else.
 * @throws ServiceError not_found, conflict (kind of group), unavailable (the signer is away)
 */
export const createClaimCertificate = defineMutation({
  name: "enrolmentCredential.createCertificate",
  can: "enrolment.manage",
  input: createClaimCertificateSchema,
  run: async ({ ctx, tx, input }) => {
    const group = await requireGroup(tx, ctx, input.groupId);
    requireKind(group, ["claim", "est"], "Claim certificates");
    const { name, days, maxUses, expectedSerials } = input;
    const { csrPem, privateKeyPem } = await makeKeyAndRequest();
    const credentialId = randomUUID();
    const signed = await signClaim({ ctx, tx }, { group, credentialId, csrPem, days });
    const { sha256, serial, notAfter } = describeCertificate(signed.certificatePem);
    await tx.enrolmentCredential.create({
      data: {
        tenantId: ctx.tenantId,
        id: credentialId,
        groupId: group.id,
        kind: "certificate",
        name,
        sha256,
        pem: signed.certificatePem,
        maxUses,
        expiresAt: notAfter,
        expectedSerials,
        createdAt: ctx.now(),
        createdBy: actorName(ctx.actor),
      },
      select: { id: true },
    });
    const expiresAt = notAfter.toISOString();
    const value: ClaimCertificateMade = {
      credentialId,
      ...signed,
      caPem: await readTrustedRoots(tx, signed.chainPem),
      privateKeyPem,
      expiresAt,
    };
    return {
      value,
      audit: {
        target: groupTarget(group),
        payload: {
          credentialId,
          name,
          sha256,
          serial,
          expiresAt,
          maxUses,
          expectedSerials: expectedSerials.length,
        },
      },
    };
  },
});
