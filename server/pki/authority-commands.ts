import { generateKeyPairSync, randomBytes, X509Certificate, type KeyObject } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { writeFileAtomically } from "#server/pki/authority-files.ts";
import type { AuthorityIndex, IssuingEntry, KeyEntry } from "#server/pki/authority-index.ts";
import { commit, type AuthorityState } from "#server/pki/authority-store.ts";
import { certificateSha256, statusOf } from "#server/pki/authority-view.ts";
import { makeIssuingCertificate } from "#server/pki/certificate-profiles.ts";
import { encryptKey } from "#server/pki/encrypt-key.ts";
import { makeIssuingRequest, readIssuingAnswer } from "#server/pki/issuing-request.ts";
import { encodePem } from "#server/pki/pem.ts";
import {
  SignerRefusal,
  type AuthorityCommand,
  type AuthorityResult,
} from "#server/pki/signer-client.ts";
import { softwareKey, type SigningKey } from "#server/pki/signing-key.ts";

type Command<Op extends AuthorityCommand["op"]> = Extract<AuthorityCommand, { readonly op: Op }>;

function fileOf({ parts }: AuthorityState, name: string): string {
  return path.join(parts.folder, name);
}

/** A P-256 key for a new issuing CA, on disk or in the token; nothing refers to it yet. */
async function makeKey(
  { parts }: AuthorityState,
  name: string,
): Promise<{ readonly entry: KeyEntry; readonly key: SigningKey }> {
  if (parts.token !== undefined) {
    const { keyId, key } = await parts.token.generate(`quayside-${name}`);
    return { entry: { name, keyPlace: "pkcs11", keyId }, key };
  }
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await parts.keys.write(name, privateKey);
  const key = softwareKey(privateKey);
  if (key === undefined) throw new TypeError("P-256 is no curve of ours.");
  return { entry: { name, keyPlace: await parts.keys.place(name) }, key };
}

async function discardKey({ parts }: AuthorityState, entry: KeyEntry): Promise<void> {
  await parts.keys.destroy(entry.name);
  if (entry.keyId !== undefined) await parts.token?.destroy(entry.keyId);
}

/** The new CA signs from now on; the one before stays trusted and signs its own lists. */
function withActive(index: AuthorityIndex, entry: KeyEntry): AuthorityIndex {
  const before = index.issuing.map((each): IssuingEntry => ({
    ...each,
    state: each.state === "active" ? "trusted" : each.state,
  }));
  return { ...index, issuing: [{ ...entry, state: "active" }, ...before] };
}

async function rootKey({ parts }: AuthorityState): Promise<KeyObject> {
  if (parts.keys.exists("root")) return parts.keys.read("root");
  throw new SignerRefusal(
    "The root's key is not on this server. Make a request instead, and have it signed where the root is.",
  );
}

async function renewIssuing(state: AuthorityState, now: Date): Promise<void> {
  const key = softwareKey(await rootKey(state));
  if (key === undefined)
    throw new SignerRefusal("The root's key is not of a kind that signs here.");
  const certificate = new X509Certificate(state.parts.rootPem);
  if (certificate.validToDate <= now) {
    throw new SignerRefusal("The root has expired. Make a request instead, for another root.");
  }
  const suffix = randomBytes(4).toString("hex");
  const made = await makeKey(state, `issuing-${suffix}`);
  const root = { certificate, key };
  const der = await makeIssuingCertificate({ key: made.key, root, name: suffix, now });
  const pem = encodePem("CERTIFICATE", der);
  await writeFileAtomically(fileOf(state, `${made.entry.name}.pem`), pem, 0o644);
  await commit(state, withActive(state.index, made.entry));
}

/** Others tell CAs apart by their names, revocation lists do too. */
function requireNewSubject(state: AuthorityState, isSame: (subject: string) => boolean): void {
  const known = statusOf(state.index, state.parts.rootPem, state.authorities);
  const subjects = known.map(({ certificatePem }) => new X509Certificate(certificatePem).subject);
  if (!subjects.some(isSame)) return;
  throw new SignerRefusal("There is a CA of this name already. Choose another common name.");
}

async function requestIssuing(
  state: AuthorityState,
  command: Command<"request-issuing">,
): Promise<string> {
  requireNewSubject(state, (subject) => subject.split("\n").includes(`CN=${command.commonName}`));
  const { request: before } = state.index;
  const made = await makeKey(state, `issuing-${randomBytes(4).toString("hex")}`);
  const csrPem = await makeIssuingRequest({ ...command, key: made.key });
  await writeFileAtomically(fileOf(state, `${made.entry.name}.csr`), csrPem, 0o644);
  await commit(state, { ...state.index, request: made.entry });
  if (before !== undefined) {
    await discardKey(state, before);
    await rm(fileOf(state, `${before.name}.csr`), { force: true });
  }
  return csrPem;
}

/** The request that waits for its certificate, if there is one. */
async function pendingRequest(state: AuthorityState): Promise<string | undefined> {
  const { request } = state.index;
  return request === undefined ? undefined : readFile(fileOf(state, `${request.name}.csr`), "utf8");
}

async function requestedKey(state: AuthorityState, entry: KeyEntry): Promise<SigningKey> {
  const { keys, token } = state.parts;
  if (entry.keyId === undefined) {
    const key = softwareKey(await keys.read(entry.name));
    if (key !== undefined) return key;
  } else if (token !== undefined) {
    return token.find(entry.keyId);
  }
  throw new SignerRefusal(
    "The key of the request cannot be reached. Set PKCS11_MODULE as it was, or make another request.",
  );
}

async function importIssuing(
  state: AuthorityState,
  command: Command<"import-issuing">,
  now: Date,
): Promise<void> {
  const { request, ...rest } = state.index;
  if (request === undefined) {
    throw new SignerRefusal("No request waits for a certificate. Make a request first.");
  }
  const key = await requestedKey(state, request);
  const answer = readIssuingAnswer({ ...command, key, now });
  if (answer.problem !== undefined) throw new SignerRefusal(answer.problem);
  const { subject } = new X509Certificate(answer.pem);
  requireNewSubject(state, (each) => each === subject);
  const chain = answer.chain.join("");
  await writeFileAtomically(fileOf(state, `${request.name}.chain.pem`), chain, 0o644);
  await writeFileAtomically(fileOf(state, `${request.name}.pem`), answer.pem, 0o644);
  await commit(state, withActive(rest, request));
  await rm(fileOf(state, `${request.name}.csr`), { force: true });
}

async function exportRoot(state: AuthorityState, passphrase: string): Promise<string> {
  return encryptKey(await rootKey(state), passphrase);
}

async function removeRoot(state: AuthorityState, sha256: string): Promise<void> {
  if (certificateSha256(state.parts.rootPem) !== sha256) {
    throw new SignerRefusal("This is not the SHA-256 of the root's certificate.");
  }
  if (!state.parts.keys.exists("root")) {
    throw new SignerRefusal("The root's key is not on this server any more.");
  }
  await state.parts.keys.destroy("root");
  await commit(state, { ...state.index, rootKeyPlace: "absent" });
}

async function retireIssuing(state: AuthorityState, sha256: string): Promise<void> {
  const authority = state.authorities.find((each) => each.sha256 === sha256);
  if (authority === undefined) throw new SignerRefusal("There is no such issuing CA.");
  const { entry } = authority;
  if (entry.state === "active") {
    throw new SignerRefusal("The active issuing CA cannot be retired. Renew it first.");
  }
  if (entry.state === "retired") throw new SignerRefusal("The issuing CA is retired already.");
  const { keyId: _, ...without } = entry;
  const issuing = state.index.issuing.map((each): IssuingEntry =>
    each === entry || each.name === entry.name
      ? { ...without, state: "retired", keyPlace: "absent" }
      : each,
  );
  await commit(state, { ...state.index, issuing });
  // Nothing that it signed counts any more, so its key could only do harm.
  await discardKey(state, entry);
}

type Extras = Omit<AuthorityResult, "authorities">;

async function run(state: AuthorityState, command: AuthorityCommand, now: Date): Promise<Extras> {
  switch (command.op) {
    case "status":
      break;
    case "renew-issuing":
      await renewIssuing(state, now);
      break;
    case "request-issuing":
      return { csrPem: await requestIssuing(state, command) };
    case "import-issuing":
      await importIssuing(state, command, now);
      break;
    case "export-root":
      return { encryptedKeyPem: await exportRoot(state, command.passphrase) };
    case "remove-root":
      await removeRoot(state, command.sha256);
      break;
    case "retire-issuing":
      await retireIssuing(state, command.sha256);
  }
  const csrPem = await pendingRequest(state);
  return csrPem === undefined ? {} : { csrPem };
}

/**
 * Does what an administrator asks of the CAs. A crash at any moment leaves them as they were before
 * or as they are after: the index is what counts.
 * @throws SignerRefusal when a rule forbids it
 */
export async function manageAuthorities(
  state: AuthorityState,
  command: AuthorityCommand,
  now: Date,
): Promise<AuthorityResult> {
  const extras = await run(state, command, now);
  const authorities = statusOf(state.index, state.parts.rootPem, state.authorities);
  return { authorities, ...extras };
}
