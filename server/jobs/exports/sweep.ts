import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { findKeptExports } from "#server/db/export-work.ts";
import { exportFolder } from "#server/services/export/file.ts";
import type { ExportParts } from "#server/jobs/exports/parts.ts";

/** A part that nobody has written to for so long is of a worker that is gone. */
const quietMs = 600_000;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const named = /^(.{36})-([0-9a-f]{16})\.(?:csv|ndjson|parquet)$/;

/**
 * Deletes files whose time has passed, which were deleted by somebody, or of which no job knows, and
 * parts that workers left behind. It goes by what is on this machine's disk, so that each worker cleans
 * up after itself.
 * @returns how many were deleted
 */
export async function sweepExports(
  parts: Pick<ExportParts, "db" | "system" | "dataDir">,
): Promise<number> {
  const root = path.join(parts.dataDir, "exports");
  let deleted = 0;
  for (const tenantId of await list(root)) {
    if (uuid.test(tenantId)) deleted += await sweepTenant(parts, tenantId);
  }
  return deleted;
}

async function sweepTenant(
  { db, system, dataDir }: Pick<ExportParts, "db" | "system" | "dataDir">,
  tenantId: string,
): Promise<number> {
  const folder = exportFolder(dataDir, tenantId);
  const now = system.now();
  const files = await list(folder);
  const whole = files.flatMap((file) => {
    const [, id = "", digest = ""] = named.exec(file) ?? [];
    return uuid.test(id) ? [{ file, id, digest }] : [];
  });
  const ids = [...new Set(whole.map(({ id }) => id))];
  const kept = await findKeptExports(db, { tenantId, ids, now });
  const isKept = (id: string, digest: string) =>
    kept.some((each) => each.id === id && (each.digest === null || each.digest === digest));
  const gone = whole.filter(({ id, digest }) => !isKept(id, digest)).map(({ file }) => file);
  for (const file of files) {
    if (file.endsWith(".part") && (await isQuiet(path.join(folder, file)))) gone.push(file);
  }
  for (const file of gone) await rm(path.join(folder, file), { force: true });
  return gone.length;
}

/** By the disk's own clock. */
async function isQuiet(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > quietMs;
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
