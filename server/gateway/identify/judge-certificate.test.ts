import { describe, expect, test } from "vitest";
import { clientIdRefusal } from "#server/gateway/identify/client-id.ts";
import {
  judgeCertificate,
  type PresentedCertificate,
} from "#server/gateway/identify/judge-certificate.ts";
import { judgeCredentials } from "#server/gateway/identify/judge-credentials.ts";
import type { CertificateRecord, RegisteredDevice } from "#server/gateway/identify/registry.ts";

const now = new Date("2026-03-10T12:00:00Z");
const uuid = "0f4c6f1e-5d58-4a0f-9a57-111111111111";
const sha256 = "ab".repeat(32);

const device: RegisteredDevice = {
  tenantId: "t",
  deviceKey: 17n,
  id: uuid,
  deviceId: "pump-17",
  profileId: "p",
  state: "active",
};
const record: CertificateRecord = {
  id: "c",
  sha256,
  state: "active",
  notBefore: new Date("2026-01-01T00:00:00Z"),
  notAfter: new Date("2026-04-01T00:00:00Z"),
  revokedAt: null,
  revocationReason: null,
  device,
};
const presented: PresentedCertificate = {
  sha256,
  commonName: "pump-17",
  uuid,
  issuer: "CN=Ours",
  issuerSha256: "",
  ours: true,
};

describe("a certificate that is accepted", () => {
  test.each(["issued", "active", "superseded"] as const)("in state %s", (state) => {
    expect(judgeCertificate({ ...record, state }, presented, now)).toEqual({ device });
  });

  test("at both ends of its validity", () => {
    expect(judgeCertificate(record, presented, record.notBefore).device).toBe(device);
    expect(judgeCertificate(record, presented, record.notAfter).device).toBe(device);
  });
});

describe("a certificate of a customer's CA", () => {
  const foreign = { ...presented, ours: false, commonName: "W-17", uuid: "", issuer: "CN=Works" };

  test("names its device as it likes: the registry says whose it is", () => {
    expect(judgeCertificate(record, foreign, now)).toEqual({ device });
  });

  test.each(["disabled", "removed"] as const)("counts for nothing once that is %s", (state) => {
    const authority = { name: "Works CA", state };
    const { refusal } = judgeCertificate({ ...record, authority }, foreign, now);
    expect(refusal?.cause).toBe("ca-not-active");
    expect(refusal?.detail).toContain(
      `the CA “Works CA”, which ${state === "disabled" ? "is disabled" : "was removed"}.`,
    );
  });

  test("of our own CA counts whatever became of one with its name", () => {
    const authority = { name: "Works CA", state: "disabled" } as const;
    expect(judgeCertificate({ ...record, authority }, presented, now)).toEqual({ device });
  });
});

describe("a certificate that is refused", () => {
  const cases: [
    string,
    Partial<CertificateRecord> | undefined,
    Partial<PresentedCertificate>,
    string,
  ][] = [
    ["unknown-certificate", undefined, {}, "“pump-17”"],
    ["unknown-ca", undefined, { ours: false, issuer: "CN=Evil" }, "“CN=Evil”"],
    [
      "unknown-ca",
      undefined,
      { ours: false, issuerSha256: "ef".repeat(32) },
      `Unknown CA: its fingerprint is SHA-256 ${"ef".repeat(32)}.`,
    ],
    ["unknown-certificate", { sha256: "cd".repeat(32) }, {}, "not in its registry"],
    [
      "expired",
      { notAfter: new Date("2026-03-03T00:00:00Z") },
      {},
      "The certificate of pump-17 expired on 3 March 2026.",
    ],
    ["not-yet-valid", { notBefore: new Date("2026-03-11T00:00:00Z") }, {}, "is valid from"],
    [
      "revoked",
      { state: "revoked", revokedAt: new Date("2026-03-09T00:00:00Z"), revocationReason: "stolen" },
      {},
      "The certificate of pump-17 was revoked on 9 March 2026 (stolen).",
    ],
    ["retired", { state: "retired" }, {}, "retired"],
    ["certificate-suspended", { state: "suspended" }, {}, "on hold"],
    ["wrong-subject", {}, { commonName: "pump-18" }, "pump-18"],
    ["wrong-subject", {}, { uuid: "" }, "pump-17"],
    ["device-suspended", { device: { ...device, state: "suspended" } }, {}, "is suspended"],
    [
      "device-decommissioned",
      { device: { ...device, state: "decommissioned" } },
      {},
      "is decommissioned",
    ],
  ];
  test.each(cases)("%s", (cause, change, shown, words) => {
    const known = change === undefined ? undefined : { ...record, ...change };
    const { refusal } = judgeCertificate(known, { ...presented, ...shown }, now);
    expect(refusal?.cause).toBe(cause);
    expect(refusal?.detail).toContain(words);
    expect(refusal?.remedy).not.toBe("");
  });

  test("says nothing unprintable that a stranger wrote into it", () => {
    const { refusal } = judgeCertificate(
      undefined,
      { ...presented, commonName: "a\u202e\nb\0", ours: true },
      now,
    );
    expect(refusal?.detail).not.toMatch(/[\p{C}]/u);
  });
});

describe("user name and token", () => {
  const hash = Buffer.alloc(32, 1);
  const credentials = { device, secretHashes: [Buffer.alloc(32, 9), hash], sasKeys: [] };
  test.each([
    ["a valid token", credentials, hash, undefined],
    ["another token", credentials, Buffer.alloc(32, 2), "bad-credentials"],
    ["a hash of another length", credentials, Buffer.alloc(3), "bad-credentials"],
    ["an unknown device", undefined, hash, "bad-credentials"],
    [
      "a device without a password",
      { ...credentials, secretHashes: [] },
      hash,
      "plain-not-allowed",
    ],
    [
      "a suspended device",
      { ...credentials, device: { ...device, state: "suspended" as const } },
      hash,
      "device-suspended",
    ],
  ])("%s", (_, known, shown, cause) => {
    const judgement = judgeCredentials(known, { userName: "pump-17", hash: shown });
    expect(judgement.refusal?.cause).toBe(cause);
  });
});

describe("client ids of pump-17", () => {
  test.each([
    ["pump-17", true],
    ["pump-17.2", true],
    ["pump-17.", false],
    ["pump-17.x", false],
    ["pump-170", false],
    ["pump-18", false],
    ["__proto__", false],
  ])("%s: %s", (clientId, accepted) =>
    expect(clientIdRefusal(device, clientId) === undefined).toBe(accepted),
  );
});
