import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import mqtt from "mqtt";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { isProgram } from "#bench/mosquitto.ts";
import { freePort } from "#server/db/embedded.ts";
import { readCrl } from "#server/pki/crl.ts";
import { encodePem } from "#server/pki/pem.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { issueCertificate } from "#server/services/certificate/issue.ts";
import { releaseCertificate } from "#server/services/certificate/release.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import { suspendCertificate } from "#server/services/certificate/suspend.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { startTestPki, type TestPki } from "#server/testing/test-pki.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

/** Lists and OCSP as OpenSSL and Mosquitto take them, which nobody here wrote. */
const run = promisify(execFile);
type Device = { readonly id: string; readonly cert: string; readonly key: string };

let folder: string;
let database: TestDatabase;
let ca: TestSigner;
let pki: TestPki;
let admin: Context;
let owner: pg.Client;
let issuer: { readonly sha256: string; readonly subject: string };
const devices = new Map<string, Device>();

const file = (name: string) => path.join(folder, name);
const listUrl = (kind = "") => `${pki.url}/crl/${issuer.sha256}${kind}.crl`;

async function openssl(...args: readonly string[]): Promise<string> {
  const settled = await run("openssl", [...args], { cwd: folder }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  return settled.stdout + settled.stderr;
}

async function issue(name: string): Promise<Device> {
  const { deviceId } = await createDevice(admin, { name });
  const { privateKeyPem: key, csrPem } = await makeKeyAndRequest();
  const { certificateId, certificatePem } = await issueCertificate(admin, { deviceId, csrPem });
  writeFileSync(file(`${name}.pem`), certificatePem);
  writeFileSync(file(`${name}.key`), key);
  const device = { id: certificateId, cert: certificatePem, key };
  devices.set(name, device);
  return device;
}

const idOf = (name: string) => devices.get(name)?.id ?? "";

/** The newest list as it is served, which may be a moment after it is kept. */
async function fetchList(name: string, kind = ""): Promise<void> {
  const expected = await newest();
  const der = await vi.waitUntil(async () => {
    const response = await fetch(listUrl(kind));
    const bytes = Buffer.from(await response.arrayBuffer());
    return readCrl(bytes).number === expected && bytes;
  }, patience);
  writeFileSync(file(`${name}.pem`), encodePem("X509 CRL", der));
}

const newest = async () => {
  const { rows } = await owner.query<{ number: string }>(
    "SELECT max(number) AS number FROM certificate_revocation_list WHERE kind = 'delta'",
  );
  return BigInt(rows[0]?.number ?? 0);
};

const patience = { timeout: 5_000, interval: 50 };

/** Waits for the list of that number, or a later one. */
async function numberReaches(expected: bigint): Promise<void> {
  await vi.waitUntil(async () => (await newest()) >= expected, patience);
}

/** Does it, says so, and waits for the list after it. */
async function published(change: () => Promise<unknown>): Promise<void> {
  const before = await newest();
  await change();
  pki.revoked();
  await numberReaches(before + 1n);
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "quayside-pki-"));
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const port = await freePort();
  ca = await createTestSigner(() => new Date(), `http://localhost:${port}`);
  await recordAuthorities(database.app, ca.dataDir);
  const acme = await createTestTenant(database, { slug: "acme", operator: true });
  admin = acme.ctx("admin", { signer: ca.signer });
  for (const name of ["good", "revoked", "held", "later"]) await issue(name);
  issuer = describeCertificate(ca.authority.issuingPem);
  writeFileSync(file("ca.pem"), ca.authority.issuingPem + ca.authority.rootPem);
  writeFileSync(file("issuing.pem"), ca.authority.issuingPem);
  pki = await startTestPki({ database, signer: ca.signer, dataDir: ca.dataDir, port });
  await numberReaches(2n);
  await fetchList("before");
  await published(async () => {
    await revokeCertificate(admin, { certificateId: idOf("revoked"), reason: "key_compromise" });
    await suspendCertificate(admin, { certificateId: idOf("held"), reason: "Being looked at." });
  });
  await fetchList("full");
  await fetchList("delta", "-delta");
});
afterAll(async () => {
  await pki.stop();
  await owner.end();
  ca.remove();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe("a list of revoked certificates", () => {
  it("says to OpenSSL what RFC 5280 asks for, and who is on it", async () => {
    const text = await openssl("crl", "-in", "full.pem", "-noout", "-text");
    expect(text).toMatch(
      /X509v3 Issuing Distribution Point: critical\s+Full Name:\s+URI:http:\/\/localhost:\d+\/crl\/[0-9a-f]{64}\.crl/,
    );
    expect(text).toMatch(/X509v3 Freshest CRL:\s+Full Name:\s+URI:http:\S+-delta\.crl/);
    expect(text).toMatch(/X509v3 CRL Number:\s+3/);
    expect(text).toMatch(/X509v3 Authority Key Identifier/);
    expect(text).toMatch(/Key Compromise/);
    expect(text).toMatch(/Certificate Hold/);
    const delta = await openssl("crl", "-in", "delta.pem", "-noout", "-text");
    expect(delta).toMatch(/X509v3 Delta CRL Indicator: critical\s+1\b/);
    const verified = await openssl("crl", "-in", "full.pem", "-noout", "-CAfile", "ca.pem");
    expect(verified).toContain("verify OK");
  });

  const verify = (name: string, ...how: readonly string[]) =>
    openssl("verify", "-CAfile", "ca.pem", "-crl_check", ...how, `${name}.pem`);

  it.each([
    ["good", ["-CRLfile", "full.pem"], /good\.pem: OK/],
    ["revoked", ["-CRLfile", "full.pem"], /certificate revoked/],
    ["held", ["-CRLfile", "full.pem"], /certificate revoked/],
    ["revoked", ["-CRLfile", "before.pem"], /revoked\.pem: OK/],
    ["good", ["-CRLfile", "before.pem", "-CRLfile", "delta.pem", "-use_deltas"], /good\.pem: OK/],
    [
      "revoked",
      ["-CRLfile", "before.pem", "-CRLfile", "delta.pem", "-use_deltas"],
      /certificate revoked/,
    ],
    ["good", ["-crl_download"], /good\.pem: OK/],
    ["revoked", ["-crl_download"], /certificate revoked/],
  ] as const)("by it OpenSSL judges the device that is %s (%j)", async (name, how, words) => {
    expect(await verify(name, ...how)).toMatch(words);
  });

  it("stands in the outbox by its number, at once", async () => {
    const { rows } = await owner.query(
      "SELECT kind, crl_number, crl_at IS NOT NULL AS dated FROM certificate_revocation ORDER BY position",
    );
    expect(rows).toEqual([
      { kind: "revoked", crl_number: "3", dated: true },
      { kind: "suspended", crl_number: "3", dated: true },
    ]);
  });

  it("lies in files for brokers, whole", async () => {
    const where = path.join(ca.dataDir, "pki/crl");
    await expect
      .poll(() => readdirSync(where).filter((name) => name === "all.pem"), { timeout: 2_000 })
      .toHaveLength(1);
    const names = readdirSync(where).toSorted();
    expect(names).toEqual([
      "all.pem",
      expect.stringMatching(/^quayside-device-ca-.*\.crl$/),
      expect.stringMatching(/^quayside-device-ca-.*\.pem$/),
    ]);
    const all = readFileSync(path.join(where, "all.pem"), "utf8");
    await expect
      .poll(() => readFileSync(path.join(where, "all.pem"), "utf8"), { timeout: 2_000 })
      .toBe(readFileSync(file("full.pem"), "utf8"));
    expect(all).toMatch(/^-----BEGIN X509 CRL-----/);
  });
});

describe("OCSP", () => {
  const ask = (...args: readonly string[]) =>
    openssl(
      "ocsp",
      "-issuer",
      "issuing.pem",
      "-url",
      `${pki.url}/ocsp`,
      "-CAfile",
      "ca.pem",
      ...args,
    );

  it.each([
    ["good", [], /good\.pem: good/],
    ["good", ["-no_nonce"], /good\.pem: good/],
    ["good", ["-sha256"], /good\.pem: good/],
    ["revoked", [], /revoked\.pem: revoked\s[\s\S]*Reason: keyCompromise/],
    ["held", ["-no_nonce"], /held\.pem: revoked\s[\s\S]*Reason: certificateHold/],
  ] as const)("OpenSSL asks for the device that is %s (%j)", async (name, how, words) => {
    // The algorithm counts for what comes after it.
    const said = await ask(...how, "-cert", `${name}.pem`);
    expect(said).toMatch(/Response verify OK/);
    expect(said).toMatch(words);
    expect(said).not.toMatch(/no nonce in response/);
  });

  it("several at once, known or not, are answered at once", async () => {
    const said = await ask("-cert", "good.pem", "-cert", "revoked.pem", "-serial", "0x1234");
    expect(said).toMatch(/good\.pem: good/);
    expect(said).toMatch(/revoked\.pem: revoked/);
    expect(said).toMatch(/0x1234: unknown/);
  });

  it("for another CA nothing is said", async () => {
    const said = await openssl(
      "ocsp",
      "-issuer",
      "good.pem",
      "-serial",
      "1",
      "-url",
      `${pki.url}/ocsp`,
    );
    expect(said).toMatch(/unauthorized \(6\)/);
  });

  it("for the listener's own certificate and for a claim certificate the answer is known", async () => {
    const { csrPem } = await makeKeyAndRequest();
    const server = await ca.signer.sign({ kind: "server", csrPem, hosts: ["localhost"] });
    const { cn: _, sanUuid: __, ...of } = describeCertificate(server.certificatePem);
    await owner.query(
      `INSERT INTO server_certificate (sha256, source, subject, issuer, serial, pem, hosts, key_algorithm, not_before, not_after)
       VALUES ($1, 'own', $2, $3, $4, '', '{}', '', $5, $6)`,
      [of.sha256, of.subject, of.issuer, of.serial, of.notBefore, of.notAfter],
    );
    expect(await ask("-serial", `0x${of.serial}`)).toMatch(/: good/);
  });

  it("by GET it may be kept for a while", async () => {
    await openssl(
      "ocsp",
      "-issuer",
      "issuing.pem",
      "-cert",
      "good.pem",
      "-no_nonce",
      "-reqout",
      "request.der",
    );
    const request = encodeURIComponent(readFileSync(file("request.der")).toString("base64"));
    const response = await fetch(`${pki.url}/ocsp/${request}`);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/ocsp-response",
      "cache-control": "public, max-age=300, must-revalidate",
      expires: expect.stringContaining("GMT"),
    });
    const again = await fetch(`${pki.url}/ocsp/${request}`, {
      headers: { "if-none-match": response.headers.get("etag") ?? "" },
    });
    expect(again.status).toBe(304);
    writeFileSync(file("answer.der"), Buffer.from(await response.arrayBuffer()));
    const said = await openssl(
      "ocsp",
      "-respin",
      "answer.der",
      "-issuer",
      "issuing.pem",
      "-cert",
      "good.pem",
      "-CAfile",
      "ca.pem",
    );
    expect(said).toMatch(/good\.pem: good/);
  });
});

describe("the port", () => {
  it.each([
    ["GET", "/", 404],
    ["GET", "/crl/", 404],
    ["GET", `/crl/${"0".repeat(64)}.crl`, 404],
    ["GET", "/ca/../../etc/passwd", 404],
    ["POST", "/crl/ISSUER.crl", 405],
    ["DELETE", "/ocsp", 405],
    ["GET", "/ocsp", 400],
    ["GET", "/ocsp/%zz", 200],
    ["HEAD", "/crl/ISSUER.crl", 200],
  ])("answers %s %s with %i", async (method, where, status) => {
    const url = `${pki.url}${where.replace("ISSUER", issuer.sha256)}`;
    expect((await fetch(url, { method })).status).toBe(status);
  });

  it("gives lists and CA certificates with what caches need", async () => {
    const list = await fetch(listUrl());
    expect(Object.fromEntries(list.headers)).toMatchObject({
      "content-type": "application/pkix-crl",
      "cache-control": "public, max-age=300, must-revalidate",
      "last-modified": expect.stringContaining("GMT"),
    });
    const tag = list.headers.get("etag") ?? "";
    await list.arrayBuffer();
    const again = await fetch(listUrl(), { headers: { "if-none-match": tag } });
    expect(again.status).toBe(304);
    const certificate = await fetch(`${pki.url}/ca/${issuer.sha256}.cer`);
    expect(certificate.headers.get("content-type")).toBe("application/pkix-cert");
    const { sha256 } = describeCertificate(Buffer.from(await certificate.arrayBuffer()));
    expect(sha256).toBe(issuer.sha256);
  });

  it("takes no request that is too long", async () => {
    const response = await fetch(`${pki.url}/ocsp`, { method: "POST", body: Buffer.alloc(16_385) });
    expect(response.status).toBe(413);
  });
});

describe.skipIf(!isProgram("/usr/sbin/mosquitto"))(
  "Mosquitto (needs the package mosquitto)",
  () => {
    it("with our CAs and our list refuses the revoked and takes the others", async () => {
      const { privateKeyPem, csrPem } = await makeKeyAndRequest();
      const made = await ca.signer.sign({ kind: "server", csrPem, hosts: ["localhost"] });
      writeFileSync(file("server.pem"), made.certificatePem + made.chainPem);
      writeFileSync(file("server.key"), privateKeyPem);
      const port = await freePort();
      const lines = [
        `listener ${port} 127.0.0.1`,
        "allow_anonymous true",
        "require_certificate true",
        ...[
          ["cafile", "ca.pem"],
          ["certfile", "server.pem"],
          ["keyfile", "server.key"],
          ["crlfile", "full.pem"],
        ].map(([name, of = ""]) => `${name} ${file(of)}`),
        // As root it would drop to a user who may not read these.
        "user root",
      ];
      writeFileSync(file("mosquitto.conf"), `${lines.join("\n")}\n`);
      const broker = spawn("/usr/sbin/mosquitto", ["-c", file("mosquitto.conf")], {
        stdio: "ignore",
      });
      onTestFinished(() => void broker.kill("SIGKILL"));
      const connects = async (name: string) => {
        const { cert, key } = devices.get(name) ?? { cert: "", key: "" };
        const client = mqtt.connect({
          protocol: "mqtts",
          host: "localhost",
          port,
          cert,
          key,
          ca: ca.authority.rootPem,
          reconnectPeriod: 0,
          connectTimeout: 3_000,
        });
        return new Promise<string>((resolve) => {
          client.once("connect", () => resolve("connected"));
          client.once("error", (error) =>
            resolve(/ECONNREFUSED/.test(String(error)) ? "away" : "refused"),
          );
          client.once("close", () => resolve("refused"));
        }).finally(() => client.end(true));
      };
      await expect.poll(() => connects("good"), patience).toBe("connected");
      expect(await connects("revoked")).toBe("refused");
      expect(await connects("held")).toBe("refused");
    });
  },
);

describe("later", () => {
  it("a released certificate leaves the list, and the delta says so; OCSP answers good", async () => {
    await published(() => releaseCertificate(admin, { certificateId: idOf("held") }));
    await fetchList("full-after");
    await fetchList("delta-after", "-delta");
    const verify = (...lists: readonly string[]) =>
      openssl(
        "verify",
        "-CAfile",
        "ca.pem",
        "-crl_check",
        "-use_deltas",
        ...lists.flatMap((list) => ["-CRLfile", `${list}.pem`]),
        "held.pem",
      );
    expect(await verify("full-after", "delta-after")).toMatch(/held\.pem: OK/);
    const said = await openssl(
      "ocsp",
      "-issuer",
      "issuing.pem",
      "-cert",
      "held.pem",
      "-no_nonce",
      "-url",
      `${pki.url}/ocsp`,
      "-CAfile",
      "ca.pem",
    );
    expect(said).toMatch(/held\.pem: good/);
  });

  it("a prepared answer is thrown away when its certificate is revoked", async () => {
    const ask = () =>
      openssl(
        "ocsp",
        "-issuer",
        "issuing.pem",
        "-cert",
        "later.pem",
        "-no_nonce",
        "-url",
        `${pki.url}/ocsp`,
        "-CAfile",
        "ca.pem",
      );
    expect(await ask()).toMatch(/later\.pem: good/);
    await published(() =>
      revokeCertificate(admin, { certificateId: idOf("later"), reason: "superseded" }),
    );
    expect(await ask()).toMatch(/later\.pem: revoked/);
    const counted = await pki.metrics.registry.getSingleMetricAsString(
      "quayside_ocsp_answers_total",
    );
    expect(counted).toMatch(/status="revoked"[^\n]* [1-9]/);
  });
});
