import { execFileSync, spawnSync } from "node:child_process";
import { randomUUID, X509Certificate } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAuthority } from "#server/pki/authority.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { createLocalSigner } from "#server/pki/local-signer.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { makePkcs12 } from "#server/pki/pkcs12.ts";
import { ensureServerCertificate } from "#server/pki/server-certificate.ts";
import { SignerRefusal, type CertificateRequest } from "#server/pki/signer-client.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const dayMs = 86_400_000;
const others = [
  { type: "dns", value: "broker.example" },
  { type: "url", value: "urn:uuid:00000000-0000-4000-8000-000000000000" },
] as const;
const uuid = "3f0e8b1c-5c7a-4d2e-9b1a-0a1b2c3d4e5f";

let ca: TestSigner;
beforeAll(async () => {
  ca = await createTestSigner();
});
afterAll(() => ca.remove());

async function deviceRequest(
  change: Partial<Extract<CertificateRequest, { kind: "device" }>> = {},
): Promise<CertificateRequest> {
  const { csrPem } = await makeRequest({});
  return {
    kind: "device",
    csrPem,
    deviceId: "pump-17",
    deviceUuid: uuid,
    organisation: "Acme",
    days: 90,
    ...change,
  };
}

function inFolder(name: string, text: string | Buffer): string {
  const file = path.join(ca.dataDir, name);
  writeFileSync(file, text);
  return file;
}

function opensslVerify(purpose: string, pem: string): string {
  return execFileSync(
    "openssl",
    [
      "verify",
      "-x509_strict",
      "-purpose",
      purpose,
      "-CAfile",
      path.join(ca.dataDir, "pki/root.pem"),
      "-untrusted",
      path.join(ca.dataDir, "pki/issuing.pem"),
      inFolder(`${randomUUID()}.pem`, pem),
    ],
    { encoding: "utf8", stdio: "pipe" },
  );
}

describe("a device's certificate", () => {
  it("carries the registry's names, whatever the request asked for", async () => {
    const { csrPem } = await makeRequest({ names: others, commonName: "pump-17" });
    const organisation = "Acme, CN=root+O=x\nOU=y";

    const signed = await ca.signer.sign(await deviceRequest({ csrPem, organisation }));

    const certificate = new X509Certificate(signed.certificatePem);
    expect(describeCertificate(signed.certificatePem)).toMatchObject({
      cn: "pump-17",
      sanUuid: uuid,
      keyAlgorithm: "EC P-256",
    });
    expect(certificate.toLegacyObject().subject).toMatchObject({ O: "Acme, CN=root+O=x OU=y" });
    expect(certificate.ca).toBe(false);
    expect(certificate.subjectAltName).toBe(`URI:urn:uuid:${uuid}`);
    // id-kp-clientAuth and nothing else.
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
  });

  it("begins five minutes ago, lasts the days asked for, and has a positive 128-bit serial", async () => {
    const before = Date.now();

    const signed = await ca.signer.sign(await deviceRequest({ days: 30 }));

    const { notBefore, notAfter, serial } = describeCertificate(signed.certificatePem);
    expect(Math.abs(notBefore.getTime() - (before - 300_000))).toBeLessThan(10_000);
    expect(Math.abs(notAfter.getTime() - (before + 30 * dayMs))).toBeLessThan(10_000);
    expect(serial).toMatch(/^[4-7][0-9a-f]{31}$/);
  });

  it("never outlives its issuer", async () => {
    const issuerEnd = ca.authority.issuing.certificate.validToDate;
    const late = createLocalSigner({
      authority: ca.authority,
      log: () => Promise.resolve(),
      now: () => new Date(issuerEnd.getTime() - 3 * dayMs),
    });

    const signed = await late.sign(await deviceRequest());

    expect(describeCertificate(signed.certificatePem).notAfter).toEqual(issuerEnd);
  });

  it("is not made by an expired CA", async () => {
    const late = createLocalSigner({
      authority: ca.authority,
      log: () => Promise.resolve(),
      now: () => ca.authority.issuing.certificate.validToDate,
    });

    await expect(late.sign(await deviceRequest())).rejects.toThrow(/expired/);
  });

  it.runIf(hasOpenssl)(
    "is one that OpenSSL verifies for clients and refuses for servers",
    async () => {
      const signed = await ca.signer.sign(await deviceRequest());

      expect(opensslVerify("sslclient", signed.certificatePem)).toMatch(/: OK/);
      expect(() => opensslVerify("sslserver", signed.certificatePem)).toThrow(
        /unsuitable certificate purpose/,
      );
    },
  );
});

describe("a claim certificate", () => {
  const claim = async (change: Readonly<Record<string, unknown>> = {}) => {
    const { csrPem } = await makeRequest({ names: others });
    return {
      kind: "claim",
      csrPem,
      publicId: "en-abcde23456",
      credentialId: uuid,
      organisation: "Acme",
      days: 90,
      ...change,
    } as CertificateRequest;
  };

  it("names the group and the credential, and no device", async () => {
    const signed = await ca.signer.sign(await claim());

    const leaf = new X509Certificate(signed.certificatePem);
    expect(leaf.subjectAltName).toBe(`URI:urn:quayside:claim:${uuid}`);
    expect(leaf.ca).toBe(false);
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(describeCertificate(signed.certificatePem)).toMatchObject({
      cn: "en-abcde23456",
      sanUuid: undefined,
    });
  });

  it.each([
    ["a group's id that is none", { publicId: "pump-17" }],
    ["a group's id with more", { publicId: "en-abcde23456\n" }],
    ["a credential that is none", { credentialId: "1" }],
    ["398 days", { days: 398 }],
    ["a device's id beside", { deviceId: "pump-17" }],
  ])("is not made for %s", async (_, change) => {
    await expect(ca.signer.sign(await claim(change))).rejects.toBeInstanceOf(SignerRefusal);
  });
});

describe("what the signer refuses", () => {
  it("a request for a CA", async () => {
    const { csrPem } = await makeRequest({ greedy: true });

    await expect(ca.signer.sign(await deviceRequest({ csrPem }))).rejects.toThrow(/CA:TRUE/);
  });

  it.each([
    ["a device id with a topic separator", { deviceId: "a/b" }],
    ["an empty device id", { deviceId: "" }],
    ["a device id that is too long", { deviceId: "x".repeat(129) }],
    ["a UUID that is none", { deviceUuid: "urn:x" }],
    ["no days", { days: 0 }],
    ["398 days", { days: 398 }],
    ["half a day", { days: 0.5 }],
    ["no request", { csrPem: "" }],
    ["an extra wish", { ca: true }],
    ["another kind", { kind: "root" }],
  ])("%s", async (_, change) => {
    const request = { ...(await deviceRequest()), ...change } as CertificateRequest;

    await expect(ca.signer.sign(request)).rejects.toBeInstanceOf(SignerRefusal);
  });

  it.each([["a b"], ["-x.example"], ["http://x"], ["*.example"], ["x\nDNS:y"], [""]])(
    "a listener called %j",
    async (host) => {
      const { csrPem } = await makeRequest({});

      await expect(
        ca.signer.sign({ kind: "server", csrPem, hosts: ["localhost", host] }),
      ).rejects.toBeInstanceOf(SignerRefusal);
    },
  );
});

it("every signature is a line of the log, without request and key", async () => {
  const signed = await ca.signer.sign(await deviceRequest({ deviceId: "logged-1" }));

  const file = path.join(ca.dataDir, "pki/signatures.log");
  const lines = readFileSync(file, "utf8").trim().split("\n");
  const { sha256, serial, subject } = describeCertificate(signed.certificatePem);
  expect(JSON.parse(lines.at(-1) ?? "")).toEqual({
    at: expect.any(String) as string,
    kind: "device",
    subject,
    serial,
    sha256,
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it("nothing is signed that cannot be recorded", async () => {
  const signer = createLocalSigner({
    authority: ca.authority,
    log: () => Promise.reject(new Error("disk full")),
    now: () => new Date(),
  });

  await expect(signer.sign(await deviceRequest())).rejects.toThrow("disk full");
});

it.runIf(hasOpenssl)(
  "a PKCS #12 file opens in OpenSSL with its password and no other",
  async () => {
    const { csrPem, privateKeyPem } = await makeKeyAndRequest();
    const signed = await ca.signer.sign(await deviceRequest({ csrPem }));
    const password = "correct horse ~battery";

    const der = await makePkcs12({ ...signed, privateKeyPem, name: "pump-17", password });

    const file = inFolder("pump.p12", der);
    const open = (secret: string) =>
      spawnSync(
        "openssl",
        ["pkcs12", "-in", file, "-passin", `pass:${secret}`, "-nodes", "-info"],
        {
          encoding: "utf8",
        },
      );
    const { stdout, stderr } = open(password);
    expect(stdout.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
    expect(stdout.replaceAll(/^(?:Bag|Key).*\n|^ .*\n/gm, "")).toContain(privateKeyPem.trim());
    expect(stderr).toMatch(/MAC: sha256.*\n.*\n.*\n?Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC/);
    expect(open("wrong").status).not.toBe(0);
  },
);

describe("the listeners' certificate", () => {
  const hosts = ["localhost", "127.0.0.1", "::1", "console.example"];

  it.runIf(hasOpenssl)("is verified by OpenSSL for servers and names every host", async () => {
    const made = await ensureServerCertificate({ ...ca, hosts });

    const leaf = new X509Certificate(made.certPem);
    expect(opensslVerify("sslserver", made.certPem)).toMatch(/: OK/);
    expect(
      hosts.map((host) => (isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host))),
    ).not.toContain(undefined);
    expect(statSync(path.join(ca.dataDir, "pki/server.key")).mode & 0o777).toBe(0o600);
  });

  const soon = (days: number) => new Date(Date.now() + days * dayMs);
  it.each([
    ["kept when it is fresh", { hosts }, true],
    ["kept with 31 of 90 days left", { hosts, now: soon(59) }, true],
    ["made anew with less than a third left", { hosts, now: soon(61) }, false],
    ["made anew when a host was added", { hosts: [...hosts, "new.example"] }, false],
  ])("%s", async (_, change, kept) => {
    const first = await ensureServerCertificate({ ...ca, hosts });

    const second = await ensureServerCertificate({ ...ca, ...change });

    expect(second.certPem === first.certPem && second.keyPem === first.keyPem).toBe(kept);
  });

  it("is made anew when a crash left key and certificate of different makes", async () => {
    const first = await ensureServerCertificate({ ...ca, hosts });
    const { privateKeyPem } = await makeKeyAndRequest();
    writeFileSync(path.join(ca.dataDir, "pki/server.key"), privateKeyPem);

    const second = await ensureServerCertificate({ ...ca, hosts });

    expect(second.certPem).not.toBe(first.certPem);
  });

  it("is made anew when the CA is another", async () => {
    const other = await createTestSigner();
    const first = await ensureServerCertificate({ ...other, hosts });
    writeFileSync(path.join(ca.dataDir, "pki/server.key"), first.keyPem);
    writeFileSync(path.join(ca.dataDir, "pki/server.pem"), first.certPem);

    const second = await ensureServerCertificate({ ...ca, hosts });

    other.remove();
    expect(second.certPem).not.toBe(first.certPem);
  });
});

it("the CA is the same at the next start", async () => {
  const again = await openAuthority({ dataDir: ca.dataDir, now: new Date() });

  expect(again.created).toBe(false);
  expect(again.rootPem).toBe(ca.authority.rootPem);
});
