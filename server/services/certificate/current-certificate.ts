import type { Tx } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";

/** The certificate with which a device goes about: the one in use, else the newest that counts. */
export type CurrentCertificate = {
  readonly id: string;
  readonly sha256: string;
  readonly pem: string;
  readonly notAfter: Date;
  readonly renewalDueAt: Date | null;
};

/**
 * @param at.expired whether one that has run out counts as well
 * @returns undefined when the device has none
 */
export async function currentCertificate(at: {
  readonly ctx: Pick<Context, "tenantId" | "now">;
  readonly tx: Tx;
  readonly deviceUuid: string;
  readonly expired?: boolean;
}): Promise<CurrentCertificate | undefined> {
  const { ctx, tx, deviceUuid, expired = false } = at;
  const rows = await tx.certificate.findMany({
    where: {
      tenantId: ctx.tenantId,
      deviceId: deviceUuid,
      state: { in: ["issued", "active", "superseded"] },
      ...(expired ? {} : { notAfter: { gt: ctx.now() } }),
    },
    select: { id: true, state: true, sha256: true, pem: true, notAfter: true, renewalDueAt: true },
    orderBy: [{ issuedAt: "desc" }, { id: "desc" }],
  });
  return rows.find(({ state }) => state === "active") ?? rows[0];
}
