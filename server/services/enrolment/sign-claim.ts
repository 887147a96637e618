import type { Tx } from "#server/db/client.ts";
import type { SignedCertificate } from "#server/pki/signer-client.ts";
import { sign } from "#server/services/certificate/internal.ts";
import type { Context } from "#server/services/context.ts";
import type { LockedGroup } from "#server/services/enrolment/internal.ts";

/**
 * Has a claim certificate signed.
 * @throws ServiceError invalid (policy), unavailable (the signer is away)
 */
export async function signClaim(
  { ctx, tx }: { readonly ctx: Context; readonly tx: Tx },
  claim: {
    readonly group: Pick<LockedGroup, "publicId">;
    readonly credentialId: string;
    readonly csrPem: string;
    readonly days: number;
  },
): Promise<SignedCertificate> {
  const { group, ...request } = claim;
  const { name: organisation } = await tx.tenant.findUniqueOrThrow({
    where: { id: ctx.tenantId },
    select: { name: true },
  });
  return sign(ctx, { kind: "claim", publicId: group.publicId, organisation, ...request });
}
