import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { privateFolder } from "#server/env.ts";
import { writePrivateFile } from "#server/main/secrets.ts";

/** Another start already works on this DATA_DIR. */
class AlreadyRunning extends Error {}

/** Whether a supervisor has this process id. */
export function isSupervisor(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A pid is used again after a reboot: only a Node process can be the other start.
    return (
      !existsSync("/proc/self/cmdline") ||
      readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("start.ts")
    );
  } catch {
    return false;
  }
}

/**
 * One supervisor for one DATA_DIR. Returns the release.
 * @throws AlreadyRunning
 */
export function lockInstance(dataDir: string): () => void {
  const file = path.join(privateFolder({ DATA_DIR: dataDir }, "run"), "supervisor.pid");
  const pid = existsSync(file) ? Number(readFileSync(file, "utf8")) : Number.NaN;
  if (Number.isInteger(pid) && pid !== process.pid && isSupervisor(pid)) {
    throw new AlreadyRunning(
      `Quayside already runs on ${dataDir} (process ${pid}). Stop it first, or set DATA_DIR and the ports for a second one.`,
    );
  }
  writePrivateFile(file, String(process.pid));
  return () => rmSync(file, { force: true });
}
