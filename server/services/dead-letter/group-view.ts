import type { Tx } from "#server/db/client.ts";
import {
  countDeadLetterDevices,
  readDeadLetterHours,
  type DeadLetterGroupRow,
} from "#server/db/read-dead-letter-groups.ts";

/** Dead letters with one cause. Instants are ISO 8601. */
export type DeadLetterGroup = {
  readonly fingerprint: string;
  readonly direction: "inbound" | "outbound";
  readonly reason: string;
  /** JSON pointer into the values; empty where none is to blame. */
  readonly path: string;
  /** Keyword of the schema that failed; empty where none did. */
  readonly errorKind: string;
  /** Of the newest letter. */
  readonly detail: string;
  readonly profile: { readonly id: string; readonly name: string } | null;
  readonly schema: { readonly name: string; readonly version: number } | null;
  readonly open: number;
  readonly replayed: number;
  readonly discarded: number;
  /** Deleted by retention while open. */
  readonly expired: number;
  readonly firstAt: string;
  readonly lastAt: string;
  /** Different ones among the newest letters. */
  readonly devices: number;
  /** How many letters were looked at for `devices`: fewer than there are in a large group. */
  readonly devicesOf: number;
  /** The last 24 hours, oldest first. */
  readonly trend: readonly { readonly at: string; readonly count: number }[];
  readonly assignee: { readonly id: string; readonly name: string } | null;
  readonly note: string;
};

const hourMs = 3_600_000;
const trendHours = 24;

/**
 * Groups with their trends and devices.
 * @param newest letters of each group that are looked at for devices
 */
export async function withTrends(
  tx: Tx,
  rows: readonly DeadLetterGroupRow[],
  at: { readonly tenantId: string; readonly now: Date; readonly newest: number },
): Promise<readonly DeadLetterGroup[]> {
  const { tenantId, now, newest } = at;
  const fingerprints = rows.map(({ fingerprint }) => fingerprint);
  if (fingerprints.length === 0) return [];
  const firstHour = (Math.floor(now.getTime() / hourMs) - trendHours + 1) * hourMs;
  const from = new Date(firstHour);
  const hours = await readDeadLetterHours(tx, { tenantId, fingerprints, from });
  const devices = await countDeadLetterDevices(tx, { tenantId, fingerprints, newest });
  return rows.map((row) => {
    const counted = devices.find(({ fingerprint }) => fingerprint === row.fingerprint);
    const own = hours.filter(({ fingerprint }) => fingerprint === row.fingerprint);
    return toGroup(row, {
      devices: counted?.devices ?? 0,
      devicesOf: counted?.letters ?? 0,
      trend: trendOf(own, firstHour),
    });
  });
}

function trendOf(
  hours: readonly { readonly hour: Date; readonly count: bigint }[],
  firstHour: number,
): DeadLetterGroup["trend"] {
  const counts = new Map(hours.map(({ hour, count }) => [hour.getTime(), Number(count)]));
  return Array.from({ length: trendHours }, (_, index) => {
    const at = firstHour + index * hourMs;
    return { at: new Date(at).toISOString(), count: counts.get(at) ?? 0 };
  });
}

function toGroup(
  row: DeadLetterGroupRow,
  found: Pick<DeadLetterGroup, "devices" | "devicesOf" | "trend">,
): DeadLetterGroup {
  const { fingerprint, direction, reason, path, errorKind, detail, note } = row;
  const { profileName, schemaName, schemaVersion, assigneeId } = row;
  return {
    fingerprint,
    direction,
    reason,
    path,
    errorKind,
    detail,
    note,
    profile: profileName === null ? null : { id: row.profileId, name: profileName },
    schema:
      schemaName === null || schemaVersion === null
        ? null
        : { name: schemaName, version: schemaVersion },
    open: Number(row.open),
    replayed: Number(row.replayed),
    discarded: Number(row.discarded),
    expired: Number(row.expired),
    firstAt: row.firstAt.toISOString(),
    lastAt: row.lastAt.toISOString(),
    assignee: assigneeId === null ? null : { id: assigneeId, name: row.assigneeName ?? "" },
    ...found,
  };
}
