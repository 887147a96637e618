import { generateKeyPairSync, randomBytes, X509Certificate, type KeyObject } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { manageAuthorities } from "#server/pki/authority-commands.ts";
import {
  AuthorityUnusable,
  isFurther,
  prepareFolder,
  storeAuthorityFiles,
  type AuthorityTexts,
} from "#server/pki/authority-files.ts";
import {
  firstIndex,
  readIndex,
  writeIndex,
  type AuthorityIndex,
  type KeyPlace,
} from "#server/pki/authority-index.ts";
import {
  activeOf,
  loadAuthorities,
  unusable,
  type AuthorityState,
  type SigningAuthority,
} from "#server/pki/authority-store.ts";
import {
  readIssuingCertificates,
  serverIssuer,
  statusOf,
  trustBundle,
} from "#server/pki/authority-view.ts";
import {
  makeIssuingCertificate,
  makeRootCertificate,
  type IssuingKey,
} from "#server/pki/certificate-profiles.ts";
import { finishDestroying, openKeyFiles, type KeyFiles } from "#server/pki/key-files.ts";
import { encodePem, splitPemBundle } from "#server/pki/pem.ts";
import { openToken, type TokenSettings } from "#server/pki/pkcs11.ts";
import type {
  AuthorityCommand,
  AuthorityResult,
  AuthorityStatus,
} from "#server/pki/signer-client.ts";
import { softwareKey, type SigningKey } from "#server/pki/signing-key.ts";

/** The CAs as the signer holds them. The root's key stays on disk: it is read when it signs. */
export type Authority = {
  /** The key that signs what is asked for now. */
  readonly issuing: IssuingKey;
  readonly issuingPem: string;
  /** The root above it. */
  readonly rootPem: string;
  active(): SigningAuthority;
  /** The one whose certificate has this SHA-256, unless it is retired. */
  find(sha256: string): SigningAuthority | undefined;
  /** The one that signs certificates of servers. */
  forServers(now: Date): SigningAuthority;
  status(): readonly AuthorityStatus[];
  /** @throws SignerRefusal when a rule forbids it; one at a time */
  manage(command: AuthorityCommand, now: Date): Promise<AuthorityResult>;
};

/** Folder of the CA's files. */
export function authorityFolder(dataDir: string): string {
  return path.join(dataDir, "pki");
}

function exportKey(key: KeyObject): string {
  return encodePem("PRIVATE KEY", key.export({ type: "pkcs8", format: "der" }));
}

function generate(namedCurve: "P-256" | "P-384"): { key: KeyObject; signing: SigningKey } {
  const { privateKey: key } = generateKeyPairSync("ec", { namedCurve });
  const signing = softwareKey(key);
  if (signing === undefined) throw new TypeError(`${namedCurve} is no curve of ours.`);
  return { key, signing };
}

async function makeAuthority(now: Date): Promise<AuthorityTexts> {
  // Two installations never have CAs of the same name.
  const installation = randomBytes(4).toString("hex");
  const root = generate("P-384");
  const issuing = generate("P-256");
  const rootDer = await makeRootCertificate({ key: root.signing, installation, now });
  const issuingDer = await makeIssuingCertificate({
    key: issuing.signing,
    root: { certificate: new X509Certificate(rootDer), key: root.signing },
    name: installation,
    now,
  });
  return {
    "root.key": exportKey(root.key),
    "root.pem": encodePem("CERTIFICATE", rootDer),
    "issuing.key": exportKey(issuing.key),
    "issuing.pem": encodePem("CERTIFICATE", issuingDer),
  };
}

async function readRoot(folder: string, keys: KeyFiles): Promise<string> {
  let root: X509Certificate;
  const text = await readFile(path.join(folder, "root.pem"), "utf8");
  try {
    root = new X509Certificate(text);
  } catch (error) {
    const why = "is damaged: it is not a certificate";
    throw Object.assign(unusable(folder, "root.pem", why), { cause: error });
  }
  if (keys.exists("root") && !root.checkPrivateKey(await keys.read("root"))) {
    throw unusable(folder, "root.key", "is not the key of root.pem");
  }
  return splitPemBundle(text)[0] ?? text;
}

/** The index on disk, or the first one. Files that it does not name are of a change that never happened. */
async function openIndex(folder: string): Promise<AuthorityIndex> {
  const index = await readIndex(folder);
  const further = (await readdir(folder)).filter(isFurther);
  if (index === undefined) {
    if (further[0] === undefined) return firstIndex;
    throw new AuthorityUnusable(
      `${path.join(folder, "authorities.json")} is missing, but ${further[0]} is there. Restore the folder ${folder} from a backup.`,
    );
  }
  const named = new Set([...index.issuing, index.request].map((entry) => entry?.name));
  for (const name of further) {
    if (!named.has(name.split(".")[0])) await rm(path.join(folder, name));
  }
  return index;
}

const namesOf = ({ issuing, request }: AuthorityIndex): readonly string[] =>
  [...issuing, ...(request === undefined ? [] : [request])].map(({ name }) => name);

/** Puts plain keys under the passphrase, if there is one, and writes down where each key is. */
async function settleKeys(
  folder: string,
  index: AuthorityIndex,
  keys: KeyFiles,
): Promise<AuthorityIndex> {
  const retired = index.issuing.filter(({ state }) => state === "retired");
  for (const { name } of retired) await keys.destroy(name);
  for (const name of ["root", ...namesOf(index)]) if (keys.exists(name)) await keys.protect(name);
  const placeOf = async (name: string, recorded: KeyPlace): Promise<KeyPlace> => {
    if (recorded === "pkcs11") return recorded;
    return keys.exists(name) ? keys.place(name) : "absent";
  };
  const settled: AuthorityIndex = {
    ...index,
    rootKeyPlace: await placeOf("root", "file"),
    issuing: await Promise.all(
      index.issuing.map(async (entry) => ({
        ...entry,
        keyPlace: await placeOf(entry.name, entry.keyPlace),
      })),
    ),
    ...(index.request === undefined
      ? {}
      : {
          request: {
            ...index.request,
            keyPlace: await placeOf(index.request.name, index.request.keyPlace),
          },
        }),
  };
  await writeIndex(folder, settled);
  return settled;
}

/** What the CAs are opened with. */
export type AuthoritySettings = {
  readonly dataDir: string;
  readonly now: Date;
  /** What key files are under; plain ones are converted. */
  readonly passphrase?: string | undefined;
  /** Where new issuing keys are made. */
  readonly token?: TokenSettings | undefined;
  /** Address of revocation lists and OCSP, for certificates. */
  readonly pkiUrl?: string | undefined;
};

/**
 * The device CAs under `dataDir`, made when there are none.
 * @throws AuthorityUnusable when they are damaged, incomplete, readable by others, or their
 *   passphrase is another; nothing has been changed then
 */
export async function openAuthority(
  settings: AuthoritySettings,
): Promise<Authority & { readonly created: boolean }> {
  const folder = authorityFolder(settings.dataDir);
  const present = await prepareFolder(folder);
  if (!present) await storeAuthorityFiles(folder, await makeAuthority(settings.now));
  const keys = openKeyFiles(folder, settings.passphrase);
  const parts = {
    folder,
    keys,
    token: settings.token === undefined ? undefined : openToken(settings.token),
    pkiUrl: settings.pkiUrl,
    rootPem: await readRoot(folder, keys),
  };
  const index = await openIndex(folder);
  const authorities = await loadAuthorities(parts, index);
  await finishDestroying(folder, await readdir(folder));
  const state: AuthorityState = {
    parts,
    authorities,
    index: await settleKeys(folder, index, keys),
  };
  // The entries say where their keys are.
  state.authorities = authorities.map((each, position) => ({
    ...each,
    entry: state.index.issuing[position] ?? each.entry,
  }));
  return Object.assign(viewOf(state), { created: !present });
}

function viewOf(state: AuthorityState): Authority {
  let running: Promise<unknown> = Promise.resolve();
  return {
    get issuing() {
      return activeOf(state).issuing;
    },
    get issuingPem() {
      return activeOf(state).pem;
    },
    get rootPem() {
      return activeOf(state).above.at(-1) ?? "";
    },
    active: () => activeOf(state),
    find: (sha256) =>
      state.authorities.find((each) => each.sha256 === sha256 && each.issuing !== undefined),
    forServers: (now) => serverIssuer(state.authorities, now) ?? activeOf(state),
    status: () => statusOf(state.index, state.parts.rootPem, state.authorities),
    manage: (command, now) => {
      const next = running.then(() => manageAuthorities(state, command, now));
      running = next.catch(() => undefined);
      return next;
    },
  };
}

/** The public part of the CAs, as any process may read it. */
export type AuthorityCertificates = {
  /** The root above the active issuing CA. */
  readonly rootPem: string;
  /** The active issuing CA. */
  readonly issuingPem: string;
  /** The CA that signs certificates of servers. */
  readonly serverIssuingPem: string;
  /** Every CA whose certificates count, roots last. */
  readonly bundlePem: string;
  readonly statuses: readonly AuthorityStatus[];
};

/**
 * Reads the CA certificates; the signer has made them before it was ready.
 * @throws AuthorityUnusable when they are missing
 */
export async function readAuthorityCertificates(
  dataDir: string,
  now: Date = new Date(),
): Promise<AuthorityCertificates> {
  const folder = authorityFolder(dataDir);
  try {
    const index = (await readIndex(folder)) ?? firstIndex;
    const authorities = await Promise.all(
      index.issuing.map((entry) => readIssuingCertificates(folder, entry)),
    );
    const rootText = await readFile(path.join(folder, "root.pem"), "utf8");
    const active = authorities.find(({ entry }) => entry.state === "active");
    if (active === undefined) throw new AuthorityUnusable("No issuing CA is active.");
    return {
      rootPem: active.above.at(-1) ?? "",
      issuingPem: active.pem,
      serverIssuingPem: (serverIssuer(authorities, now) ?? active).pem,
      bundlePem: trustBundle(authorities),
      statuses: statusOf(index, splitPemBundle(rootText)[0] ?? rootText, authorities),
    };
  } catch (error) {
    throw Object.assign(
      new AuthorityUnusable(
        `The device CA's certificates cannot be read in ${folder}. Start the signer first; it makes them.`,
      ),
      { cause: error },
    );
  }
}
