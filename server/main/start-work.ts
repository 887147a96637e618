import { startBulk } from "#server/jobs/bulk/start.ts";
import { startExports } from "#server/jobs/exports/start.ts";
import type { Stop, WorkerParts } from "#server/main/worker-parts.ts";

/** Changes many devices and writes exports, and begins at once with what somebody asks for. @returns stops both */
export function startWork(parts: WorkerParts): Stop {
  const bulk = startBulk(parts);
  const exports = startExports({ ...parts, dataDir: parts.env.DATA_DIR });
  parts.followers.set("work", () => {
    bulk.wake();
    exports.wake();
  });
  return async () => {
    await Promise.all([bulk.stop(), exports.stop()]);
  };
}
