import type { CsvCell } from "#server/domain/csv.ts";

/** What an exported device is made of. */
export type ExportedDevice = {
  readonly deviceId: string;
  readonly id: string;
  readonly name: string;
  readonly serial: string;
  readonly tags: readonly string[];
  readonly presence: string;
  readonly lastContactAt: string | null;
  readonly expectedContactSeconds: number;
  readonly profile: { readonly name: string };
  readonly certificate: { readonly notAfter: string | null; readonly daysLeft: number | null };
  readonly protocol: string | null;
  readonly tlsVersion: string | null;
  readonly createdAt: string;
};

/** First record of an exported fleet. */
export const fleetCsvHeader = [
  "device_id",
  "uuid",
  "name",
  "presence",
  "last_contact_at",
  "expected_contact_seconds",
  "profile",
  "certificate_not_after",
  "certificate_days_left",
  "protocol",
  "tls_version",
  "created_at",
  "serial",
  "tags",
] as const;

/** One device as a record under {@link fleetCsvHeader}. */
export function fleetCsvRecord(device: ExportedDevice): readonly CsvCell[] {
  return [
    device.deviceId,
    device.id,
    device.name,
    device.presence,
    device.lastContactAt,
    device.expectedContactSeconds,
    device.profile.name,
    device.certificate.notAfter,
    device.certificate.daysLeft,
    device.protocol,
    device.tlsVersion,
    device.createdAt,
    device.serial,
    device.tags.join(" "),
  ];
}
