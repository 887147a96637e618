import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const folder = import.meta.dirname;
const stamp = path.join(folder, "node_modules/.installed");

/**
 * Installs the device SDKs of AWS and Azure, which the product itself does not have, exactly as the
 * lock file says; only when that has changed. No script of a package is run.
 */
export async function installClients(): Promise<void> {
  const lock = readFileSync(path.join(folder, "package-lock.json"));
  const wanted = createHash("sha256").update(lock).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  const options = ["--ignore-scripts", "--no-audit", "--no-fund"];
  await promisify(execFile)("npm", ["ci", ...options], { cwd: folder });
  writeFileSync(stamp, wanted);
}

/** @returns the path of a program of this folder */
export function clientProgram(name: "aws-fleet-provisioning" | "azure-dps"): string {
  return path.join(folder, `${name}.mjs`);
}
