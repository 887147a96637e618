import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openAuthority, readAuthorityCertificates, type Authority } from "#server/pki/authority.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { createLocalSigner } from "#server/pki/local-signer.ts";
import { openSignatureLog } from "#server/pki/signature-log.ts";
import { SignerRefusal, type Signer } from "#server/pki/signer-client.ts";

/** A minute ahead: what OpenSSL makes in a test is valid from the moment at which it is made. */
const now = new Date(Math.floor(Date.now() / 1000) * 1000 + 60_000);
const passphrase = "correct horse battery";
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
let home = "";
let dataDir = "";
let pki = "";

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), "quayside-commands-"));
  await openAuthority({ dataDir: path.join(home, "good"), now });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));
beforeEach(() => {
  dataDir = mkdtempSync(path.join(home, "case-"));
  pki = path.join(dataDir, "pki");
  cpSync(path.join(home, "good"), dataDir, { recursive: true });
});

type Opened = { readonly authority: Authority; readonly signer: Signer };

async function open(settings: { passphrase?: string } = {}): Promise<Opened> {
  const authority = await openAuthority({ dataDir, now, ...settings });
  const signer = createLocalSigner({ authority, log: openSignatureLog(dataDir), now: () => now });
  return { authority, signer };
}

const states = (authority: Authority) =>
  authority.status().map(({ kind, state, keyPlace }) => `${kind} ${state} ${keyPlace}`);

async function deviceCertificate(signer: Signer): Promise<string> {
  const { csrPem } = await makeKeyAndRequest();
  const deviceUuid = "3f0e8b1c-5c7a-4d2e-9b1a-0a1b2c3d4e5f";
  const device = { kind: "device", deviceId: "pump-17", deviceUuid } as const;
  const signed = await signer.sign({ ...device, csrPem, organisation: "Acme", days: 90 });
  return signed.certificatePem + signed.chainPem;
}

function inFolder(name: string, text: string): string {
  const file = path.join(dataDir, name);
  writeFileSync(file, text);
  return file;
}

/** What OpenSSL says of a chain by the bundle that listeners trust, on a day on which it is valid. */
function opensslVerify(chainPem: string, bundlePem: string): string {
  const at = String(Math.floor(now.getTime() / 1000) + 60);
  const bundle = inFolder("bundle.pem", bundlePem);
  const chain = inFolder("chain.pem", chainPem);
  return execFileSync(
    "openssl",
    ["verify", "-purpose", "sslclient", "-attime", at, "-CAfile", bundle, chain],
    { encoding: "utf8" },
  );
}

/** A root of somebody else's, as OpenSSL makes it, that signs our request. */
function signElsewhere(csrPem: string, extensions: string): { leaf: string; root: string } {
  const [key, root, csr, ext] = [
    path.join(dataDir, "corp.key"),
    path.join(dataDir, "corp.pem"),
    inFolder("issuing.csr", csrPem),
    inFolder("ext.cnf", extensions),
  ];
  const run = (parameters: string[]): string =>
    execFileSync("openssl", parameters, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const subject = ["-subj", "/O=Corp/CN=Corp Root"];
  const usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key];
  run(["req", "-x509", ...ec, ...subject, ...usage, "-days", "3650", "-out", root]);
  const signed = ["-CA", root, "-CAkey", key, "-CAcreateserial", "-days", "365", "-extfile", ext];
  return { leaf: run(["x509", "-req", "-in", csr, ...signed]), root: readFileSync(root, "utf8") };
}

const good = "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n";

describe("a renewed issuing CA", () => {
  it("signs from now on, under another name, and the one before stays trusted", async () => {
    const { authority, signer } = await open();
    const before = authority.issuingPem;

    const { authorities } = await signer.manage({ op: "renew-issuing" });

    expect(states(authority)).toEqual([
      "root active file",
      "issuing active file",
      "issuing trusted file",
    ]);
    expect(authorities).toEqual(authority.status());
    expect(authority.issuing.certificate.subject).not.toBe(new X509Certificate(before).subject);
    expect((await readAuthorityCertificates(dataDir)).bundlePem).toBe(
      authority.issuingPem + before + authority.rootPem,
    );
  });

  it.runIf(hasOpenssl)("and OpenSSL verifies certificates of both by one bundle", async () => {
    const { signer } = await open();
    const old = await deviceCertificate(signer);
    await signer.manage({ op: "renew-issuing" });
    const fresh = await deviceCertificate(signer);

    const { bundlePem } = await readAuthorityCertificates(dataDir);

    expect(opensslVerify(old, bundlePem)).toMatch(/: OK/);
    expect(opensslVerify(fresh, bundlePem)).toMatch(/: OK/);
  });

  it.each([
    ["the key was written", [".pem"], "before"],
    ["key and certificate were written", [], "before"],
    ["the index was replaced", [], "after"],
  ])("a crash once %s leaves the CAs as they were before or after", async (_, lost, expected) => {
    const index = readFileSync(path.join(pki, "authorities.json"), "utf8");
    const { authority, signer } = await open();
    const before = authority.issuingPem;
    await signer.manage({ op: "renew-issuing" });
    const after = authority.issuingPem;
    const made = readdirSync(pki).filter((name) => name.startsWith("issuing-"));
    for (const name of made.filter((each) => lost.some((end) => each.endsWith(end)))) {
      rmSync(path.join(pki, name));
    }
    if (expected === "before") writeFileSync(path.join(pki, "authorities.json"), index);

    const again = await open();

    expect(again.authority.issuingPem).toBe(expected === "before" ? before : after);
    const further = readdirSync(pki).filter((name) => name.startsWith("issuing-"));
    expect(further).toHaveLength(expected === "before" ? 0 : 2);
    await expect(again.signer.manage({ op: "renew-issuing" })).resolves.toBeDefined();
  });

  it("cannot be made without the index that names it", async () => {
    const { signer } = await open();
    await signer.manage({ op: "renew-issuing" });
    rmSync(path.join(pki, "authorities.json"));

    await expect(open()).rejects.toThrow(/authorities\.json is missing.*backup/);
  });
});

describe("a retired issuing CA", () => {
  it("counts no more, and its key is destroyed", async () => {
    const { authority, signer } = await open();
    await signer.manage({ op: "renew-issuing" });
    const old = authority.status().at(-1)?.sha256 ?? "";

    await signer.manage({ op: "retire-issuing", sha256: old });

    expect(states(authority).at(-1)).toBe("issuing retired absent");
    expect(existsSync(path.join(pki, "issuing.key"))).toBe(false);
    const { bundlePem } = await readAuthorityCertificates(dataDir);
    expect(bundlePem).toBe(authority.issuingPem + authority.rootPem);
    expect(states((await open()).authority)).toEqual(states(authority));
    const tbs = Buffer.from("3000", "hex");
    await expect(signer.signCrl({ issuerSha256: old, tbs })).rejects.toThrow(/retired/);
  });

  it.each([
    ["the active one", (all: Authority) => all.status()[1]?.sha256 ?? "", /cannot be retired/],
    ["one that does not exist", () => "0".repeat(64), /no such issuing CA/],
  ])("is not %s", async (_, which, expected) => {
    const { authority, signer } = await open();

    const retiring = signer.manage({ op: "retire-issuing", sha256: which(authority) });

    await expect(retiring).rejects.toThrow(expected);
  });
});

describe.runIf(hasOpenssl)("an issuing CA under another's root", () => {
  const request = {
    op: "request-issuing",
    commonName: "Plant 7 CA",
    organisation: "Acme",
  } as const;

  it("signs devices, while servers stay with the root that devices know", async () => {
    const { authority, signer } = await open();
    const { csrPem = "" } = await signer.manage(request);
    const again = await open();
    const { leaf, root } = signElsewhere(csrPem, good);

    await again.signer.manage({ op: "import-issuing", certificatePem: leaf, chainPem: root });

    const { rootPem, bundlePem, serverIssuingPem } = await readAuthorityCertificates(dataDir, now);
    expect(new X509Certificate(rootPem).subject).toBe("O=Corp\nCN=Corp Root");
    expect(serverIssuingPem).toBe(authority.issuingPem);
    expect(opensslVerify(await deviceCertificate(again.signer), bundlePem)).toMatch(/: OK/);
    expect(states(again.authority)).toEqual([
      "root trusted file",
      "root active absent",
      "issuing active file",
      "issuing trusted file",
    ]);
  });

  it("needs no root here from the beginning to the end", async () => {
    const { authority, signer } = await open();
    await signer.manage({ op: "remove-root", sha256: authority.status()[0]?.sha256 ?? "" });
    const { csrPem = "" } = await signer.manage(request);
    const { leaf, root } = signElsewhere(csrPem, good);
    const chainPem = leaf + root;
    await signer.manage({ op: "import-issuing", certificatePem: leaf, chainPem });
    const old = authority.status().at(-1)?.sha256 ?? "";
    await signer.manage({ op: "retire-issuing", sha256: old });

    const { authority: opened, signer: reopened } = await open();

    expect(states(opened)).toEqual([
      "root retired absent",
      "root active absent",
      "issuing active file",
      "issuing retired absent",
    ]);
    expect(await deviceCertificate(reopened)).toMatch(/BEGIN CERTIFICATE/);
  });

  it.each([
    ["is no CA's", "keyUsage=critical,keyCertSign,cRLSign\n", /do not say CA:TRUE/],
    [
      "may not sign lists",
      "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n",
      /keyCertSign and cRLSign/,
    ],
  ])("is not taken over when its certificate %s", async (_, extensions, expected) => {
    const { signer } = await open();
    const { csrPem = "" } = await signer.manage(request);
    const { leaf, root } = signElsewhere(csrPem, extensions);

    const importing = signer.manage({
      op: "import-issuing",
      certificatePem: leaf,
      chainPem: root,
    });

    await expect(importing).rejects.toThrow(expected);
  });

  it("is not taken over for another key, with a broken chain, or without a request", async () => {
    const { authority, signer } = await open();
    const give = (certificatePem: string, chainPem: string) =>
      signer.manage({ op: "import-issuing", certificatePem, chainPem });
    await expect(give(authority.issuingPem, authority.rootPem)).rejects.toThrow(/No request waits/);
    const { csrPem = "" } = await signer.manage(request);
    const { leaf, root } = signElsewhere(csrPem, good);

    await expect(give(authority.issuingPem, authority.rootPem)).rejects.toThrow(/another key/);
    await expect(give(leaf, authority.rootPem)).rejects.toThrow(/not signed by the one/);
    await expect(give(leaf, authority.issuingPem)).rejects.toBeInstanceOf(SignerRefusal);
    await expect(give(leaf, root)).resolves.toBeDefined();
    await expect(signer.manage(request)).rejects.toThrow(/of this name already/);
  });
});

describe("the root's key", () => {
  it("leaves under a passphrase, is deleted for good, and nothing renews without it", async () => {
    const { authority, signer } = await open();
    const key = readFileSync(path.join(pki, "root.key"), "utf8");
    const sha256 = authority.status()[0]?.sha256 ?? "";
    const { encryptedKeyPem = "" } = await signer.manage({ op: "export-root", passphrase });

    await signer.manage({ op: "remove-root", sha256 });

    expect(readdirSync(pki).filter((name) => name.startsWith("root.key"))).toEqual([]);
    await expect(signer.manage({ op: "renew-issuing" })).rejects.toThrow(/Make a request instead/);
    await expect(signer.manage({ op: "export-root", passphrase })).rejects.toThrow(/not on this/);
    const opened = createPrivateKey({ key: encryptedKeyPem, passphrase });
    expect(opened.equals(createPrivateKey(key))).toBe(true);
  });

  it.runIf(hasOpenssl)("can be read by OpenSSL once it was exported", async () => {
    const { signer } = await open();
    const { encryptedKeyPem = "" } = await signer.manage({ op: "export-root", passphrase });

    const file = inFolder("root.enc", encryptedKeyPem);
    const read = ["pkcs8", "-in", file, "-passin", `pass:${passphrase}`];
    const key = execFileSync("openssl", read, { encoding: "utf8" });
    expect(key.trim()).toBe(readFileSync(path.join(pki, "root.key"), "utf8").trim());
  });

  it("is not deleted for a SHA-256 that is not its own, nor given under a short passphrase", async () => {
    const { signer } = await open();

    await expect(signer.manage({ op: "remove-root", sha256: "0".repeat(64) })).rejects.toThrow(
      /not the SHA-256/,
    );
    await expect(signer.manage({ op: "export-root", passphrase: "short" })).rejects.toThrow(/15/);
  });

  it("is gone after a crash in the middle of its deletion", async () => {
    writeFileSync(path.join(pki, "root.key.removed"), readFileSync(path.join(pki, "root.key")));
    rmSync(path.join(pki, "root.key"));

    const { authority } = await open();

    expect(states(authority)[0]).toBe("root active absent");
    expect(existsSync(path.join(pki, "root.key.removed"))).toBe(false);
  });
});

describe("keys under a passphrase", () => {
  it("are converted at the next start, and open by it and no other", async () => {
    const before = (await open()).authority.issuingPem;

    const { authority } = await open({ passphrase });

    expect(states(authority)).toEqual([
      "root active encrypted_file",
      "issuing active encrypted_file",
    ]);
    const files = () =>
      ["root.key", "issuing.key"].map((name) => readFileSync(path.join(pki, name), "utf8"));
    const encrypted = files();
    expect(encrypted.every((text) => text.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY"))).toBe(
      true,
    );
    expect(authority.issuingPem).toBe(before);
    await expect(open({ passphrase: "another passphrase" })).rejects.toThrow(
      /does not open .*root\.key.*nothing was changed/,
    );
    await expect(open()).rejects.toThrow(/under a passphrase\. Set CA_KEY_PASSPHRASE_FILE/);
    expect(files()).toEqual(encrypted);
  });
});

it("what is done with CAs is in the log of signatures, without passphrases", async () => {
  const { authority, signer } = await open();

  await signer.manage({ op: "export-root", passphrase });

  const log = readFileSync(path.join(pki, "signatures.log"), "utf8");
  expect(JSON.parse(log)).toEqual({
    at: now.toISOString(),
    kind: "authority",
    op: "export-root",
    authorities: authority.status().map(({ sha256 }) => sha256),
  });
});
