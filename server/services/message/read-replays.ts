import type { Tx } from "#server/db/client.ts";
import type { FollowedReplay } from "#server/services/message/followed.ts";

const columns = {
  id: true,
  runId: true,
  settledAt: true,
  settledBy: true,
  detail: true,
} as const;

/** The dead letter whose replay stored a row. */
export async function readReplays(
  tx: Tx,
  at: {
    readonly tenantId: string;
    readonly deviceKey: bigint;
    /** ISO 8601 with microseconds. */
    readonly storedTs: string;
    readonly storedKey: string;
  },
): Promise<readonly FollowedReplay[]> {
  const millisecond = new Date(at.storedTs);
  const rows = await tx.deadLetter.findMany({
    where: {
      tenantId: at.tenantId,
      deviceKey: at.deviceKey,
      state: "replayed",
      storedTs: { gte: millisecond, lt: new Date(millisecond.getTime() + 1) },
      storedKey: BigInt(at.storedKey),
    },
    take: 5,
    select: columns,
  });
  return rows.map(replayOf);
}

/** A replayed letter as it is told. */
export function replayOf(row: {
  readonly id: string;
  readonly runId: string | null;
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
  readonly detail: string;
}): FollowedReplay {
  return {
    letterId: row.id,
    runId: row.runId,
    at: row.settledAt?.toISOString() ?? null,
    by: row.settledBy,
    refused: row.detail,
  };
}
