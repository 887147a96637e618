/** What became of a device's certificate that was revoked while a worker was killed. Times are milliseconds. */
export type RevokedDevice = {
  readonly deviceId: string;
  /** From the commit until its connection was closed; undefined when it stayed open. */
  readonly closedAfter: number | undefined;
  /** Connections with the certificate that were accepted after the commit was known. */
  readonly returned: number;
  /** As its proof says in the end. */
  readonly verdict: string;
  /** Workers that have written down that they judged their sessions. */
  readonly checkedBy: readonly string[];
  readonly audited: boolean;
};

/** Within which a session must be cut on every worker. */
export const cutWithinMs = 5_000;

/**
 * Every revoked certificate is dead: its session ended in time, nobody came back with it, every worker
 * that runs in the end has judged its sessions, and its proof says so with an event of the audit chain. Pure.
 * @param workers ids of those that must have checked
 * @returns a sentence for each promise that was broken; empty when all held
 */
export function checkRevocation(
  devices: readonly RevokedDevice[],
  workers: number,
): readonly string[] {
  return devices.flatMap((device) => {
    const { deviceId, closedAfter, returned, verdict, checkedBy, audited } = device;
    const problems: string[] = [];
    if (closedAfter === undefined) problems.push(`The session of ${deviceId} was never cut.`);
    else if (closedAfter > cutWithinMs) {
      problems.push(`The session of ${deviceId} was cut after ${Math.round(closedAfter)} ms.`);
    }
    if (returned > 0) problems.push(`${deviceId} came back ${returned} times.`);
    if (verdict !== "dead") problems.push(`The proof of ${deviceId} says ${verdict}.`);
    if (new Set(checkedBy).size < workers) {
      problems.push(`${checkedBy.length} of ${workers} workers have checked ${deviceId}.`);
    }
    if (!audited) problems.push(`There is no audit event of ${deviceId}.`);
    return problems;
  });
}
