import { randomUUID } from "node:crypto";
import { activateCertificate } from "#server/db/activate-certificate.ts";
import type { Database } from "#server/db/client.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { CertificateRecord } from "#server/gateway/identify/registry.ts";
import { appendAudit } from "#server/services/audit/append.ts";

/**
 * The first connection with an issued certificate takes it into use, with its audit event.
 * @returns whether this call did it; another worker may have been first
 * @throws Error when the database cannot be asked; the next connection tries again
 */
export async function activate(
  db: Database,
  certificate: CertificateRecord,
  at: { readonly now: Date; readonly remote: string },
): Promise<boolean> {
  const { tenantId, deviceId } = certificate.device;
  return withTenant({ db, tenantId }, async (tx) => {
    const superseded = await activateCertificate(tx, { tenantId, id: certificate.id }, at.now);
    if (superseded === undefined) return false;
    await appendAudit(
      tx,
      {
        tenantId,
        actor: { type: "system", name: "listener" },
        requestId: randomUUID(),
        ip: at.remote,
      },
      {
        action: "certificate.activate",
        target: `device:${deviceId}`,
        payload: {
          certificate: certificate.id,
          sha256: certificate.sha256,
          before: { state: "issued" },
          after: { state: "active" },
          superseded,
        },
      },
    );
    return true;
  });
}
