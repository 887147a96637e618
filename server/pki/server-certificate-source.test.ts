import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { serverCertificateCheck } from "#server/jobs/server-certificate.ts";
import { createServerCertificateSource, originOf } from "#server/pki/server-certificate-source.ts";
import {
  makeCustomerAuthority,
  type CustomerAuthority,
} from "#server/testing/customer-authority.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

let ca: TestSigner;
let works: CustomerAuthority;
let folder: string;

beforeAll(async () => {
  ca = await createTestSigner();
  works = await makeCustomerAuthority();
});
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "quayside-tls-"));
  return () => rmSync(folder, { recursive: true });
});
afterAll(() => ca.remove());

const files = () => ({
  certFile: path.join(folder, "tls.pem"),
  keyFile: path.join(folder, "tls.key"),
});
const settings = () => ({
  DATA_DIR: ca.dataDir,
  DEVICE_TLS_CERT: files().certFile,
  DEVICE_TLS_KEY: files().keyFile,
});
const sourceOf = (now = () => new Date()) =>
  createServerCertificateSource({
    settings: settings(),
    signer: ca.signer,
    hosts: () => ["localhost"],
    now,
  });

async function writePair(more: object = {}) {
  const made = await works.issue({ commonName: "devices.example", ...more });
  writeFileSync(files().certFile, made.cert + works.pem);
  writeFileSync(files().keyFile, made.key);
  return made;
}

describe("a certificate from files", () => {
  it("is presented, and the next one as soon as it is there", async () => {
    const first = await writePair();
    const source = sourceOf();
    expect(await source.load()).toMatchObject({ source: "file", keyPem: first.key });
    const second = await writePair();
    expect(await source.load()).toMatchObject({ keyPem: second.key, problem: undefined });
  });

  it.each([
    [
      "of another key",
      async () => writeFileSync(files().keyFile, (await works.issue({ commonName: "x" })).key),
      /is not that of the certificate/,
    ],
    [
      "that expired",
      () => writePair({ notAfter: new Date(Date.now() - 1_000) }),
      /expired on \d{4}-\d\d-\d\d/,
    ],
    [
      "that is not valid yet",
      () => writePair({ notBefore: new Date(Date.now() + 3_600_000) }),
      /valid from/,
    ],
    [
      "that is no certificate",
      async () => writeFileSync(files().certFile, "half a f"),
      /is no certificate in PEM/,
    ],
    ["that is gone", async () => rmSync(files().certFile), /cannot be read \(ENOENT\)/],
    [
      "with the issuers in the wrong order",
      async () => {
        const made = await writePair();
        writeFileSync(files().certFile, made.cert + made.cert);
      },
      /did not issue the first/,
    ],
  ] as const)(
    "%s is refused with the reason, and the one before goes on",
    async (_, spoil, reason) => {
      const good = await writePair();
      const source = sourceOf();
      await source.load();
      await spoil();

      const loaded = await source.load();
      expect(loaded).toMatchObject({ source: "file", keyPem: good.key });
      expect(loaded.problem).toMatch(reason);
      await expect(serverCertificateCheck(settings()).run()).rejects.toThrow(reason);
      await writePair();
      expect((await source.load()).problem).toBeUndefined();
    },
  );

  it("that cannot be used at the start leaves the listeners with our own CA's", async () => {
    const loaded = await sourceOf().load();
    expect(loaded).toMatchObject({ source: "own-ca", problem: expect.stringContaining("ENOENT") });
    expect(new X509Certificate(loaded.certPem).checkHost("localhost")).toBe("localhost");
  });
});

it.each([
  [{ DATA_DIR: "d" }, "own-ca"],
  [{ DATA_DIR: "d", DEVICE_TLS_CERT: "c", DEVICE_TLS_KEY: "k" }, "file"],
  [{ DATA_DIR: "d", ACME_DIRECTORY_URL: "https://acme.example/directory" }, "acme"],
])("%j: the certificate comes from %s", (from, origin) => {
  expect(originOf(from)).toBe(origin);
});
