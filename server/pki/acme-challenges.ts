import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically } from "#server/pki/authority-files.ts";

/** RFC 8555 §8.3 */
const prefix = "/.well-known/acme-challenge/";

/** Base64url of at least 128 bits, and nothing that leads out of the folder. */
const tokenForm = /^[A-Za-z0-9_-]{16,128}$/;

function folderOf(dataDir: string): string {
  return path.join(dataDir, "pki", "acme-challenges");
}

/** Keeps the answer where every worker of this machine finds it: any of them may be asked. */
export async function putChallenge(
  dataDir: string,
  challenge: { readonly token: string; readonly answer: string },
): Promise<void> {
  if (!tokenForm.test(challenge.token))
    throw new Error("The ACME server's token has no such form.");
  const folder = folderOf(dataDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFileAtomically(path.join(folder, challenge.token), challenge.answer, 0o600);
}

export async function removeChallenge(dataDir: string, token: string): Promise<void> {
  if (tokenForm.test(token)) await rm(path.join(folderOf(dataDir), token), { force: true });
}

/**
 * Answers an ACME server that looks whether a name leads here (http-01, RFC 8555 §8.3).
 * @param urlPath of the request: `/.well-known/acme-challenge/<token>`
 * @returns the key authorisation, to be sent as it is; undefined when nothing is kept for the path
 */
export async function answerAcmeChallenge(
  dataDir: string,
  urlPath: string,
): Promise<string | undefined> {
  if (!urlPath.startsWith(prefix)) return undefined;
  const token = urlPath.slice(prefix.length);
  if (!tokenForm.test(token)) return undefined;
  try {
    return await readFile(path.join(folderOf(dataDir), token), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
