import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import path from "node:path";

const sizeLimit = 20 * 1024 * 1024;

/** Where a child's output goes: one file and its predecessor, 20 MB each. */
export type LogFile = { write(chunk: Uint8Array): void; close(): void };

export function openLogFile(folder: string, name: string): LogFile {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.log`);
  let handle = openSync(file, "a", 0o600);
  let size = existsSync(file) ? statSync(file).size : 0;
  return {
    write: (chunk) => {
      if (size > sizeLimit) {
        closeSync(handle);
        renameSync(file, `${file}.1`);
        handle = openSync(file, "a", 0o600);
        size = 0;
      }
      try {
        size += writeSync(handle, chunk);
      } catch {
        // A full disk must not stop the product: the log line is given up, the database decides.
      }
    },
    close: () => closeSync(handle),
  };
}
