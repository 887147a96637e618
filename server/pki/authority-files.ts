import { existsSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, rmdir } from "node:fs/promises";
import path from "node:path";

/** The four files of the first device CA. Private keys are PKCS #8. */
export const authorityFiles = ["root.key", "root.pem", "issuing.key", "issuing.pem"] as const;
export type AuthorityFile = (typeof authorityFiles)[number];
export type AuthorityTexts = Readonly<Record<AuthorityFile, string>>;

/** The CA on disk cannot be used; the message names the file and what to do. */
export class AuthorityUnusable extends Error {}

/** A complete new CA waits here until its files have moved to their places. */
const completeFolder = "new-ca";
const stagingPrefix = "staging-";

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeSynced(file: string, text: string, mode: number): Promise<void> {
  const handle = await open(file, "wx", mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces a file as a whole: readers and a crash see the old text or the new, never a part. */
export async function writeFileAtomically(file: string, text: string, mode: number): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  await writeSynced(temporary, text, mode);
  await rename(temporary, file);
  await syncFolder(path.dirname(file));
}

/** Moves the files of a complete new CA to their places; also after a crash in the middle. */
async function finishMove(folder: string): Promise<void> {
  const complete = path.join(folder, completeFolder);
  if (!existsSync(complete)) return;
  for (const name of await readdir(complete)) {
    await rename(path.join(complete, name), path.join(folder, name));
  }
  await syncFolder(folder);
  await rmdir(complete);
}

/**
 * Stores a new CA. The rename of the staging folder is the moment from which it exists: a crash
 * before leaves nothing, a crash after is completed by the next {@link readAuthorityFiles}.
 */
export async function storeAuthorityFiles(folder: string, texts: AuthorityTexts): Promise<void> {
  const staging = path.join(folder, `${stagingPrefix}${process.pid}`);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true, mode: 0o700 });
  for (const name of authorityFiles) {
    await writeSynced(path.join(staging, name), texts[name], name.endsWith(".key") ? 0o600 : 0o644);
  }
  await syncFolder(staging);
  await rename(staging, path.join(folder, completeFolder));
  await syncFolder(folder);
  await finishMove(folder);
}

async function discardStaging(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(stagingPrefix)) await rm(path.join(folder, name), { recursive: true });
  }
}

/**
 * Makes the folder if need be and ends what a crash interrupted.
 * @returns whether there is a CA: its root's key may have been taken away, the rest must be there
 * @throws AuthorityUnusable when files are missing
 */
export async function prepareFolder(folder: string): Promise<boolean> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await finishMove(folder);
  await discardStaging(folder);
  const names = await readdir(folder);
  const missing = authorityFiles.filter((name) => !names.includes(name));
  if (missing.length === authorityFiles.length && !names.some(isFurther)) return false;
  const needed = missing.find((name) => name === "root.pem" || name === "issuing.pem");
  if (needed === undefined) return true;
  throw new AuthorityUnusable(
    `The device CA is incomplete: ${path.join(folder, needed)} is missing. Restore it from a backup of ${folder}. ` +
      "Only if no device has a certificate yet: move the remaining CA files away, and a new CA is made.",
  );
}

/** Whether a file belongs to an issuing CA after the first. */
export function isFurther(name: string): boolean {
  return /^issuing-[0-9a-f]{8}\.(?:key|pem|csr|chain\.pem)$/.test(name);
}
