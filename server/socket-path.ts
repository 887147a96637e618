import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { privateFolder, type Env } from "#server/env.ts";

/** sockaddr_un holds 108 bytes on Linux and 104 elsewhere, with room for a suffix while claiming. */
const longestPath = 100;

/**
 * Where the Unix socket `name` lives: `DATA_DIR/run/`, or a private folder of the system's
 * temporary one when that path is too long for a socket address. The folder exists afterwards.
 */
export function socketPath(env: Pick<Env, "DATA_DIR">, name: string): string {
  const usual = path.join(env.DATA_DIR, "run", name);
  if (Buffer.byteLength(usual) <= longestPath) {
    privateFolder(env, "run");
    return usual;
  }
  const hash = createHash("sha256").update(path.resolve(env.DATA_DIR)).digest("hex").slice(0, 16);
  const folder = path.join(tmpdir(), `quayside-${hash}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return path.join(folder, name);
}
