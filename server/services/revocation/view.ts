import type { RevocationRow } from "#server/db/find-revocations.ts";
import type { RevocationState } from "#server/domain/revocation-state.ts";

/** A certificate that was revoked or held. Times are ISO 8601 in UTC, digests lower-case hex. */
export type RevocationView = {
  readonly id: string;
  readonly certificateId: string;
  readonly sha256: string;
  readonly serial: string | null;
  /** Null once the device belongs to another organisation. */
  readonly device: { readonly deviceId: string; readonly name: string } | null;
  readonly kind: "revoked" | "suspended";
  readonly state: RevocationState;
  /** Of a revocation one of RFC 5280 §5.3.1, of a hold words. */
  readonly reason: string;
  readonly at: string;
  readonly by: string;
  readonly wasConnected: boolean;
  readonly lastSessionAt: string | null;
  readonly lastMessageAt: string | null;
  /** The first list of ours that names it. */
  readonly crl: { readonly number: string; readonly at: string } | null;
  /** When the last session on it was cut, and how many were. */
  readonly cut: { readonly at: string; readonly sessions: number } | null;
  /** Connections refused since. */
  readonly attempts: number;
  readonly lastAttempt: { readonly at: string; readonly remote: string } | null;
  readonly released: { readonly at: string; readonly by: string } | null;
};

/** The entry as people read it. */
export function viewOf(row: RevocationRow): RevocationView {
  return {
    id: row.id,
    certificateId: row.certificateId,
    sha256: row.sha256,
    serial: row.serial,
    device: deviceOf(row),
    kind: row.kind,
    state: row.state,
    reason: row.reason,
    at: row.at.toISOString(),
    by: row.by,
    wasConnected: row.wasConnected,
    lastSessionAt: row.lastSessionAt?.toISOString() ?? null,
    lastMessageAt: row.lastMessageAt?.toISOString() ?? null,
    crl: crlOf(row),
    cut: row.cutAt === null ? null : { at: row.cutAt.toISOString(), sessions: row.cutSessions },
    attempts: Number(row.attempts),
    lastAttempt: lastAttemptOf(row),
    released:
      row.releasedAt === null
        ? null
        : { at: row.releasedAt.toISOString(), by: row.releasedBy ?? "" },
  };
}

function deviceOf({ deviceId, deviceName }: RevocationRow): RevocationView["device"] {
  return deviceId === null ? null : { deviceId, name: deviceName ?? deviceId };
}

function crlOf({ crlNumber, crlAt }: RevocationRow): RevocationView["crl"] {
  if (crlNumber === null || crlAt === null) return null;
  return { number: String(crlNumber), at: crlAt.toISOString() };
}

function lastAttemptOf(row: RevocationRow): RevocationView["lastAttempt"] {
  if (row.lastAttemptAt === null) return null;
  return { at: row.lastAttemptAt.toISOString(), remote: row.lastAttemptRemote ?? "" };
}
