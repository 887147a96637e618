import type { DeviceDetailRow } from "#server/db/find-device.ts";
import type { DeviceAttributes } from "#server/domain/device-attributes.ts";
import { certificatesOf, type CertificateSummary } from "#server/services/device/certificates.ts";
import { familyOf, type DeviceFamily } from "#server/services/gateway/family.ts";
import { deviceShowSchema } from "#server/services/device/query-schemas.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { deviceSummary, type DeviceSummary } from "#server/services/device/summary.ts";
import { defineQuery } from "#server/services/query.ts";

/** The connection now, or the last one. */
export type DeviceConnection = {
  readonly connected: boolean;
  readonly connectedAt: string | null;
  readonly disconnectedAt: string | null;
  readonly disconnectReason: string | null;
  readonly lastMessageAt: string | null;
  readonly remoteAddress: string | null;
  readonly clientId: string | null;
  readonly protocol: string | null;
  readonly tlsVersion: string | null;
  readonly tlsCipher: string | null;
  readonly certificateSha256: string | null;
};

export type DeviceDetail = DeviceSummary &
  DeviceFamily & {
    /** Decimal: how live frames name the device. */
    readonly key: string;
    readonly createdBy: string;
    readonly decommissionedAt: string | null;
    /** As its newest state says. */
    readonly firmware: string | null;
    /** What people noted of it; messages can be enriched with them. */
    readonly attributes: DeviceAttributes;
    /** By its manufacturer, as the serial; empty where nobody knows. */
    readonly manufacturer: string;
    readonly model: string;
    readonly hardwareRevision: string;
    readonly connection: DeviceConnection;
    /** The certificate that counts: in use, else waiting for its first use, else in its overlap. */
    readonly currentCertificate: CertificateSummary | null;
  };

/**
 * Everything about one device that is not telemetry.
 * @throws ServiceError not_found
 */
export const showDevice = defineQuery({
  name: "device.show",
  can: "fleet.view",
  input: deviceShowSchema,
  run: async ({ ctx, tx, input }): Promise<DeviceDetail> => {
    const now = ctx.now();
    const row = await requireDevice(tx, {
      tenantId: ctx.tenantId,
      reference: input.device,
      now,
    });
    const certificates = await certificatesOf(tx, {
      tenantId: ctx.tenantId,
      deviceUuid: row.id,
      now,
    });
    return {
      ...deviceSummary(row, now),
      ...(await familyOf(tx, { tenantId: ctx.tenantId, deviceUuid: row.id, now })),
      key: String(row.key),
      createdBy: row.createdBy,
      decommissionedAt: row.decommissionedAt?.toISOString() ?? null,
      firmware: row.firmware,
      attributes: row.attributes,
      manufacturer: row.manufacturer,
      model: row.model,
      hardwareRevision: row.hardwareRevision,
      connection: connectionOf(row),
      currentCertificate: currentOf(certificates),
    };
  },
});

function connectionOf(row: DeviceDetailRow): DeviceConnection {
  return {
    connected: row.connected,
    connectedAt: row.connectedAt?.toISOString() ?? null,
    disconnectedAt: row.disconnectedAt?.toISOString() ?? null,
    disconnectReason: row.disconnectReason,
    lastMessageAt: row.lastMessageAt?.toISOString() ?? null,
    remoteAddress: row.remoteAddress,
    clientId: row.clientId,
    protocol: row.protocol,
    tlsVersion: row.tlsVersion,
    tlsCipher: row.tlsCipher,
    certificateSha256: row.certificateSha256,
  };
}

function currentOf(certificates: readonly CertificateSummary[]): CertificateSummary | null {
  const newestEnd = (state: CertificateSummary["state"]) =>
    certificates
      .filter((certificate) => certificate.state === state)
      .toSorted((a, b) => b.notAfter.localeCompare(a.notAfter))[0];
  return newestEnd("active") ?? newestEnd("issued") ?? newestEnd("superseded") ?? null;
}
