import { createHash } from "node:crypto";
import { mkdir, open, rename, rm, statfs } from "node:fs/promises";
import path from "node:path";
import type { Output } from "#server/jobs/exports/encoder.ts";
import { ExportFailed, type ExportLimits } from "#server/jobs/exports/parts.ts";

/** Exports may be personal: nobody else on the machine reads them. */
const fileMode = 0o600;
const folderMode = 0o700;
/** The disk is asked how full it is after so many bytes. */
const lookEvery = 32_000_000;

/** A file that is being written, beside the one that it becomes. */
export type PartFile = Output & {
  readonly bytes: number;
  /** Everything is on the disk. @returns SHA-256, lower-case hex */
  close(): Promise<string>;
  /** The file is there as a whole from now on. */
  publish(as: string): Promise<void>;
  /** Nothing of it is left; does nothing after {@link PartFile.publish}. */
  remove(): Promise<void>;
};

/** @throws ExportFailed when the folder cannot be written, or the disk is full */
export async function openPartFile(file: string, limits: ExportLimits): Promise<PartFile> {
  const folder = path.dirname(file);
  const handle = await explained(async () => {
    await mkdir(folder, { recursive: true, mode: folderMode });
    return open(file, "wx", fileMode);
  });
  const hash = createHash("sha256");
  let bytes = 0;
  let lookedAt = -lookEvery;
  let isPublished = false;
  return {
    get bytes() {
      return bytes;
    },
    write: async (chunk) => {
      if (chunk.byteLength === 0) return;
      if (bytes + chunk.byteLength > limits.maxBytes) throw tooLarge(limits.maxBytes);
      if (bytes - lookedAt >= lookEvery) {
        await requireRoom(folder, limits.freeBytes);
        lookedAt = bytes;
      }
      await explained(() => handle.writeFile(chunk));
      hash.update(chunk);
      bytes += chunk.byteLength;
    },
    close: async () => {
      await explained(() => handle.sync());
      await handle.close();
      return hash.digest("hex");
    },
    publish: async (as) => {
      await explained(() => rename(file, as));
      isPublished = true;
    },
    remove: async () => {
      if (isPublished) return;
      await handle.close().catch(() => undefined);
      await rm(file, { force: true });
    },
  };
}

function tooLarge(maxBytes: number): ExportFailed {
  const gigabytes = Math.round(maxBytes / 100_000_000) / 10;
  return new ExportFailed(
    `The file would have more than ${gigabytes} GB. Ask for a shorter time, fewer devices or metrics, or rolled-up readings.`,
  );
}

async function requireRoom(folder: string, freeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= freeBytes) return;
  throw new ExportFailed(
    "The disk of the worker is almost full. Delete exports that nobody needs any more, or make room.",
  );
}

/** What a person can do something about is said in words; the rest is a fault and tried again. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOSPC" || code === "EDQUOT") {
      throw new ExportFailed(
        "The disk of the worker is full. Delete exports that nobody needs any more, or make room.",
      );
    }
    if (code === "EACCES" || code === "EROFS" || code === "EPERM") {
      throw new ExportFailed("The worker may not write into its data folder.");
    }
    throw error;
  }
}
