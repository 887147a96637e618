import type { Tx } from "#server/db/client.ts";
import {
  currentCertificate,
  deviceColumns,
  presenceTables,
  type DeviceRow,
  type ReadAt,
} from "#server/db/device-columns.ts";
import type { DeviceAttributes } from "#server/domain/device-attributes.ts";
import { Prisma } from "#server/db/generated/client.ts";

const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A device and what the listener last knew of its connection. */
export type DeviceDetailRow = DeviceRow & {
  readonly createdBy: string;
  readonly decommissionedAt: Date | null;
  readonly disconnectedAt: Date | null;
  readonly disconnectReason: string | null;
  readonly lastMessageAt: Date | null;
  readonly remoteAddress: string | null;
  readonly clientId: string | null;
  readonly tlsCipher: string | null;
  readonly certificateSha256: string | null;
  readonly firmware: string | null;
  readonly attributes: DeviceAttributes;
  readonly manufacturer: string;
  readonly model: string;
  readonly hardwareRevision: string;
};

/** Finds a device of the tenant by its own id or by our UUID; its own id wins. */
export async function findDevice(
  tx: Tx,
  at: ReadAt & { readonly reference: string },
): Promise<DeviceDetailRow | null> {
  const same = uuidText.test(at.reference)
    ? Prisma.sql`(d.device_id = ${at.reference} OR d.id = ${at.reference}::uuid)`
    : Prisma.sql`d.device_id = ${at.reference}`;
  const rows = await tx.$queryRaw<DeviceDetailRow[]>`
    SELECT ${deviceColumns(at.now)}, d.created_by AS "createdBy",
      d.decommissioned_at AS "decommissionedAt", s.disconnected_at AS "disconnectedAt",
      s.disconnect_reason AS "disconnectReason", s.last_message_at AS "lastMessageAt",
      s.remote_address AS "remoteAddress", s.client_id AS "clientId", s.tls_cipher AS "tlsCipher",
      s.certificate_sha256 AS "certificateSha256", s.firmware, d.attributes,
      d.manufacturer, d.model, d.hardware_revision AS "hardwareRevision"
    FROM device d ${presenceTables(at.tenantId)} ${currentCertificate(at.tenantId)}
    WHERE d.tenant_id = ${at.tenantId}::uuid AND ${same}
    ORDER BY (d.device_id = ${at.reference}) DESC LIMIT 1`;
  return rows[0] ?? null;
}
