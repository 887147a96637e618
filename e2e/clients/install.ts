import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const folder = import.meta.dirname;
const stamp = path.join(folder, "node_modules/.installed");

/**
 * As {@link installClients}.
 * @returns false where the registry does not give them; standard error says why
 */
export async function haveClients(): Promise<boolean> {
  try {
    await installClients();
    return true;
  } catch (error) {
    process.stderr.write(`The SDKs of AWS and Azure could not be installed: ${String(error)}\n`);
    return false;
  }
}

/**
 * Installs the device SDKs of AWS and Azure, which the product itself does not have, exactly as the
 * lock file says; only when that has changed. No script of a package is run.
 */
async function installClients(): Promise<void> {
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
