import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { X509Certificate } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openAuthority } from "#server/pki/authority.ts";
import { authorityFiles, AuthorityUnusable } from "#server/pki/authority-files.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";

const now = new Date("2026-11-23T12:00:00Z");
let home = "";
let dataDir = "";
let pki = "";

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), "quayside-authority-"));
  await openAuthority({ dataDir: path.join(home, "good"), now });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));
beforeEach(() => {
  dataDir = mkdtempSync(path.join(home, "case-"));
  pki = path.join(dataDir, "pki");
});

function copyGood(): void {
  cpSync(path.join(home, "good"), dataDir, { recursive: true });
}

describe("a new CA", () => {
  it("is a root for 20 years over an issuing CA for 5, each with a path length", async () => {
    const made = await openAuthority({ dataDir, now });

    const root = new X509Certificate(made.rootPem);
    const issuing = new X509Certificate(made.issuingPem);
    expect(made.created).toBe(true);
    expect(root.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "secp384r1" });
    expect(issuing.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
    expect(root.validToDate.getUTCFullYear()).toBe(2046);
    expect(issuing.validToDate.getUTCFullYear()).toBe(2031);
    expect([root.ca, issuing.ca]).toEqual([true, true]);
    expect(issuing.verify(root.publicKey)).toBe(true);
  });

  it("keeps its keys to its user", async () => {
    await openAuthority({ dataDir, now });

    expect(statSync(pki).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(pki, "root.key")).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(pki, "issuing.key")).mode & 0o777).toBe(0o600);
    expect(readFileSync(path.join(pki, "root.key"), "utf8")).toMatch(
      /^-----BEGIN PRIVATE KEY-----/,
    );
  });
});

describe("a crash while the CA is made", () => {
  it("before it was complete leaves nothing of it", async () => {
    mkdirSync(path.join(pki, "staging-4711"), { recursive: true });
    writeFileSync(path.join(pki, "staging-4711/root.key"), "half a k");

    const made = await openAuthority({ dataDir, now });

    expect(made.created).toBe(true);
    expect(readdirSync(pki).toSorted()).toEqual(["authorities.json", ...authorityFiles].toSorted());
  });

  it.each([0, 1, 2, 3, 4])("after %d of the four files moved is completed", async (moved) => {
    copyGood();
    mkdirSync(path.join(pki, "new-ca"));
    for (const name of authorityFiles.slice(moved)) {
      renameSync(path.join(pki, name), path.join(pki, "new-ca", name));
    }

    const opened = await openAuthority({ dataDir, now });

    expect(opened.created).toBe(false);
    expect(opened.rootPem).toBe(readFileSync(path.join(home, "good/pki/root.pem"), "utf8"));
    expect(existsSync(path.join(pki, "new-ca"))).toBe(false);
  });
});

describe("a CA that cannot be used is named with its remedy and left alone", () => {
  const damages: readonly (readonly [
    string,
    (file: (name: string) => string) => unknown,
    RegExp,
  ])[] = [
    ["root.pem is missing", (file) => rmSync(file("root.pem")), /root\.pem is missing.*backup/],
    ["issuing.key is missing", (file) => rmSync(file("issuing.key")), /issuing\.key is missing/],
    ["root.pem is empty", (file) => writeFileSync(file("root.pem"), ""), /root\.pem is damaged/],
    [
      "issuing.key is cut off",
      (file) => writeFileSync(file("issuing.key"), "-----BEGIN PRIVATE KEY-----\nMIGH"),
      /issuing\.key is damaged.*Restore/,
    ],
    [
      "issuing.key belongs elsewhere",
      async (file) => {
        writeFileSync(file("issuing.key"), (await makeKeyAndRequest()).privateKeyPem);
      },
      /issuing\.key is not the key of issuing\.pem/,
    ],
    [
      "the root's key is open to others",
      (file) => chmodSync(file("root.key"), 0o644),
      /root\.key can be read by other users \(mode 644\)\. Run: chmod 600/,
    ],
    [
      "the issuing CA is of another root",
      async (file) => {
        const other = path.join(home, "other");
        await openAuthority({ dataDir: other, now });
        for (const name of ["issuing.key", "issuing.pem"]) {
          cpSync(path.join(other, "pki", name), file(name));
        }
      },
      /issuing\.pem was not signed by root\.pem/,
    ],
  ];

  it.each(damages)("%s", async (_, damage, expected) => {
    copyGood();
    await damage((name) => path.join(pki, name));
    const before = readdirSync(pki);

    const opening = openAuthority({ dataDir, now });

    await expect(opening).rejects.toBeInstanceOf(AuthorityUnusable);
    await expect(opening).rejects.toThrow(expected);
    expect(readdirSync(pki)).toEqual(before);
  });
});

it("a CA that has expired is opened nevertheless, so that it can be renewed", async () => {
  copyGood();

  const opened = await openAuthority({ dataDir, now: new Date("2032-01-01T00:00:00Z") });

  expect(opened.issuing.certificate.validToDate.getUTCFullYear()).toBe(2031);
});

it("an installation from before the index starts unchanged, with or without its root's key", async () => {
  copyGood();
  rmSync(path.join(pki, "authorities.json"));
  const before = await openAuthority({ dataDir, now });
  rmSync(path.join(pki, "root.key"));

  const without = await openAuthority({ dataDir, now });

  expect(without.issuingPem).toBe(before.issuingPem);
  expect(without.status().map(({ kind, state, keyPlace }) => [kind, state, keyPlace])).toEqual([
    ["root", "active", "absent"],
    ["issuing", "active", "file"],
  ]);
});
