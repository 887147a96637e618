import { randomBytes } from "node:crypto";
import type { Tx } from "#server/db/client.ts";
import { releaseUnprovenCa } from "#server/db/release-unproven-ca.ts";
import { readCustomerCa } from "#server/pki/customer-ca.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { actorName } from "#server/services/context.ts";
import { groupTarget, requireGroup, requireKind } from "#server/services/enrolment/internal.ts";
import { registerCustomerCaSchema } from "#server/services/enrolment/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** A CA that is registered and does not count yet. */
export type CustomerCaRegistered = {
  /** UUID. */
  readonly authorityId: string;
  /** To be the common name of a certificate that the CA signs. */
  readonly challenge: string;
};

function refusedPem(message: string): ServiceError {
  return new ServiceError("invalid", message, { fields: [{ path: "pem", message }] });
}

/** Our own CAs enrol nobody: whatever they sign was issued to a device already. */
async function requireForeign(
  tx: Tx,
  ca: { readonly sha256: string; readonly spkiSha256: string },
): Promise<void> {
  const own = await tx.certificateAuthority.findMany({ select: { pem: true } });
  const isOwn = own.some(({ pem }) => {
    const { sha256, spkiSha256 } = describeCertificate(pem);
    return sha256 === ca.sha256 || spkiSha256 === ca.spkiSha256;
  });
  if (!isOwn) return;
  throw refusedPem("This is a CA of this installation. Register the CA that signs your devices.");
}

/**
 * Registers a CA of the customer. It enrols nobody until possession of its key is proven.
 * @throws ServiceError not_found, invalid (no sound CA), conflict (kind of group, known already)
 */
export const registerCustomerCa = defineMutation({
  name: "customerCa.register",
  can: "enrolment.manage",
  input: registerCustomerCaSchema,
  run: async ({ ctx, tx, input }) => {
    const group = await requireGroup(tx, ctx, input.groupId);
    requireKind(group, ["customer_ca", "est"], "CAs");
    const read = readCustomerCa(input.pem, ctx.now());
    if (read.problem !== undefined) throw refusedPem(read.problem);
    const { sha256, subject, spkiSha256, notBefore, notAfter } = read.description;
    await requireForeign(tx, read.description);
    await releaseUnprovenCa(tx, { tenantId: ctx.tenantId, sha256 });
    const challenge = randomBytes(20).toString("hex");
    const rows = await tx.customerCa.createManyAndReturn({
      data: [
        {
          tenantId: ctx.tenantId,
          groupId: group.id,
          name: input.name,
          sha256,
          subject,
          spkiSha256,
          pem: read.pem,
          notBefore,
          notAfter,
          challenge,
          createdAt: ctx.now(),
          createdBy: actorName(ctx.actor),
        },
      ],
      // It may be another organisation's, which is not to be seen here.
      skipDuplicates: true,
      select: { id: true },
    });
    const row = rows[0];
    if (row === undefined) {
      throw new ServiceError("conflict", "This CA is registered already.", {
        remedy: "A CA belongs to one group of one organisation. Remove it there first.",
        fields: [{ path: "pem", message: "This CA is registered already." }],
      });
    }
    const value: CustomerCaRegistered = { authorityId: row.id, challenge };
    return {
      value,
      audit: {
        target: groupTarget(group),
        payload: { authorityId: row.id, name: input.name, sha256, subject },
      },
    };
  },
});
