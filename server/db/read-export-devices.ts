import type { Tx } from "#server/db/client.ts";
import { currentCertificate } from "#server/db/device-columns.ts";
import { deviceSelectionSql } from "#server/db/device-selection-sql.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";

/** Keys of the devices that a selection means, ascending; one more than `most` says that there are more. */
export async function findExportKeys(
  tx: Tx,
  selection: DeviceSelection,
  at: { readonly tenantId: string; readonly now: Date; readonly most: number },
): Promise<readonly bigint[]> {
  const { from, where } = await deviceSelectionSql(tx, selection, at);
  const rows = await tx.$queryRaw<{ key: bigint }[]>`
    SELECT d.key FROM ${from} WHERE ${where} ORDER BY d.key LIMIT ${at.most + 1}::int`;
  return rows.map(({ key }) => key);
}

type Keys = { readonly tenantId: string; readonly keys: readonly bigint[] };

/** What rows of telemetry say of their device. */
export type ExportDevice = {
  readonly key: bigint;
  readonly deviceId: string;
  readonly name: string;
};

/** What devices are called, by key. Those that are gone are absent. */
export async function readExportNames(tx: Tx, at: Keys): Promise<readonly ExportDevice[]> {
  return tx.$queryRaw<ExportDevice[]>`
    SELECT d.key, d.device_id AS "deviceId", d.name FROM device d
    WHERE d.tenant_id = ${at.tenantId}::uuid AND d.key = ANY(${[...at.keys]}::bigint[]) ORDER BY d.key`;
}

/** A device with all that its row in the file says. */
export type ExportDeviceRow = {
  readonly deviceId: string;
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly presence: string;
  readonly presenceSince: Date;
  readonly contactAt: Date | null;
  readonly profile: string;
  readonly expectedContactSeconds: number;
  readonly certificateNotAfter: Date | null;
  readonly protocol: string | null;
  readonly tlsVersion: string | null;
  readonly createdAt: Date;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly hardwareRevision: string;
  readonly tags: readonly string[];
  readonly place: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly gateway: string | null;
};

/** Devices by key. Those that are gone are absent. */
export async function readExportDevices(tx: Tx, at: Keys): Promise<readonly ExportDeviceRow[]> {
  const { tenantId } = at;
  return tx.$queryRaw<ExportDeviceRow[]>`
    SELECT d.device_id AS "deviceId", d.id, d.name, d.state::text AS state, pr.presence,
      pr.since AS "presenceSince", pr.contact_at AS "contactAt", p.name AS profile,
      p.expected_contact_seconds AS "expectedContactSeconds",
      current.not_after AS "certificateNotAfter", s.protocol, s.tls_version AS "tlsVersion",
      d.created_at AS "createdAt", d.serial, d.manufacturer, d.model,
      d.hardware_revision AS "hardwareRevision", d.tags, d.place, d.latitude, d.longitude,
      g.device_id AS gateway
    FROM device d
    JOIN profile p ON p.tenant_id = ${tenantId}::uuid AND p.id = d.profile_id
    JOIN device_presence pr ON pr.tenant_id = ${tenantId}::uuid AND pr.device_key = d.key
    LEFT JOIN device_status s ON s.tenant_id = ${tenantId}::uuid AND s.device_key = d.key
    LEFT JOIN device g ON g.tenant_id = ${tenantId}::uuid AND g.id = d.gateway_id
    ${currentCertificate(tenantId)}
    WHERE d.tenant_id = ${tenantId}::uuid AND d.key = ANY(${[...at.keys]}::bigint[])
    ORDER BY d.key`;
}
