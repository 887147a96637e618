import type { DeviceRow } from "#server/db/device-columns.ts";
import { daysLeft, type CertificateLife } from "#server/domain/certificate-life.ts";
import type { Presence } from "#server/domain/presence.ts";
import type { DeviceState } from "#server/domain/device-state.ts";

/** A device as lists show it. Times are ISO 8601 in UTC. */
export type DeviceSummary = {
  readonly id: string;
  readonly deviceId: string;
  readonly name: string;
  /** By its manufacturer; empty where nobody knows. */
  readonly serial: string;
  readonly tags: readonly string[];
  readonly state: DeviceState;
  readonly presence: Presence;
  readonly profile: { readonly id: string; readonly name: string };
  readonly createdAt: string;
  readonly lastContactAt: string | null;
  readonly expectedContactSeconds: number;
  readonly certificate: {
    readonly life: CertificateLife;
    readonly notAfter: string | null;
    readonly daysLeft: number | null;
  };
  /** How it is connected, or was the last time; null when it never was. */
  readonly protocol: string | null;
  readonly tlsVersion: string | null;
};

/** Makes the DTO of a row that was read at `now`. */
export function deviceSummary(row: DeviceRow, now: Date): DeviceSummary {
  const notAfter = row.certificateNotAfter;
  return {
    id: row.id,
    deviceId: row.deviceId,
    name: row.name,
    serial: row.serial,
    tags: row.tags,
    state: row.state,
    presence: row.presence,
    profile: { id: row.profileId, name: row.profileName },
    createdAt: row.createdAt.toISOString(),
    lastContactAt: row.lastContactAt?.toISOString() ?? null,
    expectedContactSeconds: row.expectedContactSeconds,
    certificate: {
      life: row.certificateLife,
      notAfter: notAfter?.toISOString() ?? null,
      daysLeft: notAfter === null ? null : daysLeft(notAfter, now),
    },
    protocol: row.protocol,
    tlsVersion: row.tlsVersion,
  };
}
