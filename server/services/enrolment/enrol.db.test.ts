import { createHash, randomUUID, X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "#server/db/client.ts";
import { findClaimCertificate, findEnrolmentSecret } from "#server/db/find-enrolment.ts";
import { withTenant } from "#server/db/tenant.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import { suspendDevice } from "#server/services/device/suspend.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import type {
  EnrolmentAnswer,
  EnrolmentEvidence,
  FoundCredential,
  FoundGroup,
} from "#server/services/enrolment/answer.ts";
import { approveEnrolment } from "#server/services/enrolment/approve.ts";
import { createClaimCertificate } from "#server/services/enrolment/create-claim-certificate.ts";
import { createEnrolmentSecret } from "#server/services/enrolment/create-secret.ts";
import { enrol } from "#server/services/enrolment/enrol.ts";
import { deriveDeviceKey } from "#server/services/enrolment/group-key.ts";
import { refuseEnrolment } from "#server/services/enrolment/refuse.ts";
import { revokeEnrolmentCredential } from "#server/services/enrolment/revoke-credential.ts";
import { setEnrolmentGroupState } from "#server/services/enrolment/set-group-state.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { csrEvidence, enrolmentTools, type EnrolmentTools } from "#server/testing/enrolment.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";
import { waitForControl } from "#server/testing/wait-for-control.ts";

let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let other: TestTenant;
let admin: Context;
let stranger: Context;
let tools: EnrolmentTools;
let second: Database;
/** The same context at two workers, each with connections of its own. */
let workers: readonly Context[];

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  await recordAuthorities(database.app, ca.dataDir);
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin", { signer: ca.signer });
  stranger = other.ctx("admin", { signer: ca.signer });
  tools = enrolmentTools({ database, tenant: acme, admin, signer: ca.signer });
  second = openDatabase({ url: database.appUrl, max: 3 });
  workers = [tools.device, { ...tools.device, db: second }];
});
afterAll(async () => {
  await second.close();
  ca.remove();
  await database.drop();
});

type Uses = { readonly maxUses?: number; readonly expectedSerials?: readonly string[] };

async function claimOf(group: FoundGroup, uses: Uses = {}): Promise<FoundCredential> {
  const { expectedSerials = [], ...more } = uses;
  const made = await createClaimCertificate(admin, {
    groupId: group.publicId,
    name: "Line 1",
    days: 30,
    ...more,
    expectedSerials: [...expectedSerials],
  });
  const { sha256 } = describeCertificate(made.certificatePem);
  return (await findClaimCertificate(database.ingest, sha256))!;
}

function enrolled(answer: EnrolmentAnswer) {
  if (answer.state !== "enrolled") throw new Error(JSON.stringify(answer));
  return answer;
}

function reasonOf(answer: EnrolmentAnswer): string {
  return answer.state === "refused" ? answer.reason : answer.state;
}

async function rowsOf(group: FoundGroup) {
  return withTenant(admin, async (tx) => ({
    group: await tx.enrolmentGroup.findFirstOrThrow({ where: { id: group.id } }),
    requests: await tx.enrolmentRequest.findMany({
      where: { groupId: group.id },
      orderBy: { firstAt: "asc" },
    }),
    devices: await tx.device.findMany({
      where: { enrolmentGroupId: group.id },
      include: { certificates: true, credentials: true },
      orderBy: { createdAt: "asc" },
    }),
    credentials: await tx.enrolmentCredential.findMany({ where: { groupId: group.id } }),
  }));
}

describe("a device with a claim certificate", () => {
  it("gets device, certificate and what the rules say, with its records", async () => {
    const id = `pump-${randomUUID().slice(0, 8)}`;
    const group = await tools.group({
      kind: "claim",
      rules: {
        nameTemplate: "Pump {serial}",
        tags: ["line-1"],
        attributes: { site: "Basel" },
        quarantine: true,
        desired: { interval: 60 },
      },
    });
    const evidence = await csrEvidence(id, { serial: "S-7", credential: await claimOf(group) });
    const told = await waitForControl(database);

    const { device, certificate } = enrolled(await enrol(tools.device, group, evidence));

    expect(device).toMatchObject({ deviceId: id, profileId: acme.profileId });
    expect(await told.next()).toMatchObject({ kind: "device", deviceKey: device.key.toString() });
    await told.stop();
    const leaf = new X509Certificate(certificate!.certificatePem);
    expect(leaf.subject).toContain(`CN=${id}`);
    const rows = await rowsOf(group);
    expect(rows.group.enrolled).toBe(1);
    expect(rows.credentials).toMatchObject([{ uses: 1, usedAt: expect.any(Date) as Date }]);
    expect(rows.devices).toMatchObject([
      {
        name: "Pump S-7",
        serial: "S-7",
        tags: ["line-1"],
        attributes: { site: "Basel" },
        state: "quarantined",
        desired: { interval: 60 },
        enrolmentVersion: 1,
        createdBy: "system:enrolment",
      },
    ]);
    expect(rows.requests).toMatchObject([
      { state: "enrolled", attempts: 1, deviceUuid: device.id },
    ]);
    const events = await withTenant(admin, (tx) =>
      tx.auditEvent.findMany({
        where: { tenantId: acme.tenantId, target: `device:${id}` },
        orderBy: { seq: "asc" },
        select: { actionCode: true, ip: true },
      }),
    );
    expect(events.map(({ actionCode }) => actionCode)).toEqual([
      "device.create",
      "certificate.issue",
      "enrolment.enrol",
    ]);
    expect(events[0]?.ip).toBe("192.0.2.7");
  });

  it("the same request again gets the same certificate and makes nothing twice", async () => {
    const group = await tools.group({ kind: "claim" });
    const credential = await claimOf(group, { maxUses: 1 });
    const evidence = await csrEvidence(`twice-${group.publicId}`, { credential });

    const all = await Promise.all(
      [0, 1, 0].map((index) => enrol(workers[index]!, group, evidence)),
    );

    const certificates = all.map((answer) => enrolled(answer).certificate);
    expect(new Set(certificates.map((each) => each?.sha256)).size).toBe(1);
    expect(certificates[0]?.chainPem).toBe(ca.authority.issuingPem + ca.authority.rootPem);
    expect(new Set(certificates.map((each) => each?.chainPem)).size).toBe(1);
    const rows = await rowsOf(group);
    expect(rows.devices).toHaveLength(1);
    expect(rows.devices[0]?.certificates).toHaveLength(1);
    expect(rows.requests).toMatchObject([{ state: "enrolled", attempts: 3 }]);
    expect(rows.credentials).toMatchObject([{ uses: 1 }]);
  });

  it("of two devices at once at two workers with one use left one gets in", async () => {
    const group = await tools.group({ kind: "claim" });
    const credential = await claimOf(group, { maxUses: 1 });
    const two = await Promise.all(
      ["a", "b"].map((name) => csrEvidence(`${name}-${group.publicId}`, { credential })),
    );

    const answers = await Promise.all(
      two.map((each, index) => enrol(workers[index]!, group, each)),
    );

    expect(answers.map(reasonOf).toSorted()).toEqual(["credential-used-up", "enrolled"]);
    expect((await rowsOf(group)).devices).toHaveLength(1);
  });

  it("of three at once with a limit of two devices two get in", async () => {
    const group = await tools.group({ kind: "claim", rules: { maxDevices: 2 } });
    const credential = await claimOf(group);
    const three = await Promise.all(
      ["a", "b", "c"].map((name) => csrEvidence(`${name}-${group.publicId}`, { credential })),
    );

    const answers = await Promise.all(
      three.map((each, index) => enrol(workers[index % 2]!, group, each)),
    );

    expect(answers.map(reasonOf).toSorted()).toEqual(["enrolled", "enrolled", "limit-reached"]);
    expect((await rowsOf(group)).group.enrolled).toBe(2);
  });

  it("an expired, revoked or foreign claim and a disabled group enrol nobody", async () => {
    const group = await tools.group({ kind: "claim" });
    const credential = await claimOf(group);
    const evidence = await csrEvidence(`no-${group.publicId}`, { credential });
    const later = { ...tools.device, now: () => new Date(Date.now() + 31 * 86_400_000) };

    expect(reasonOf(await enrol(later, group, evidence))).toBe("credential-expired");
    const { credential: _, ...without } = evidence;
    expect(reasonOf(await enrol(tools.device, group, without))).toBe("credential-unknown");
    const elsewhere = await claimOf(await tools.group({ kind: "claim" }));
    const foreign = { ...evidence, credential: elsewhere };
    expect(reasonOf(await enrol(tools.device, group, foreign))).toBe("credential-unknown");
    await setEnrolmentGroupState(admin, { groupId: group.id, enabled: false });
    expect(reasonOf(await enrol(tools.device, group, evidence))).toBe("group-disabled");
    await setEnrolmentGroupState(admin, { groupId: group.id, enabled: true });
    await revokeEnrolmentCredential(admin, { groupId: group.id, credentialId: credential.id });
    expect(await enrol(tools.device, group, evidence)).toMatchObject({
      reason: "credential-revoked",
      detail: expect.stringMatching(/was revoked at/) as string,
      remedy: expect.stringMatching(/new claim/) as string,
    });

    expect((await rowsOf(group)).requests).toMatchObject([
      { state: "refused", reason: "credential-revoked", attempts: 5 },
    ]);
  });

  it("only expected serials come, and each once", async () => {
    const group = await tools.group({ kind: "claim" });
    const credential = await claimOf(group, { expectedSerials: ["S-1", "S-2"] });
    const ask = async (name: string, serial: string) => {
      const evidence = await csrEvidence(`${name}-${group.publicId}`, { serial, credential });
      return reasonOf(await enrol(tools.device, group, evidence));
    };

    expect(await ask("a", "S-1")).toBe("enrolled");
    expect(await ask("b", "S-3")).toBe("not-expected");
    expect(await ask("c", "S-1")).toBe("not-expected");
    expect(await ask("d", "S-2")).toBe("enrolled");
  });

  it("nothing is made while the signer is away, and the device gets it afterwards", async () => {
    const group = await tools.group({ kind: "claim" });
    const evidence = await csrEvidence(`away-${group.publicId}`, {
      credential: await claimOf(group),
    });
    const { signer } = acme.ctx("admin");

    const answer = await enrol({ ...tools.device, signer }, group, evidence);

    expect(reasonOf(answer)).toBe("signer-unavailable");
    expect((await rowsOf(group)).devices).toEqual([]);
    expect(reasonOf(await enrol(tools.device, group, evidence))).toBe("enrolled");
    expect((await rowsOf(group)).requests).toMatchObject([{ state: "enrolled", reason: "" }]);
  });
});

describe("an id or a key that is another's", () => {
  it.each([
    ["of the organisation", () => admin],
    ["of another organisation", () => stranger],
  ])("a device id %s is not taken over", async (_, owner) => {
    const group = await tools.group({ kind: "claim" });
    const deviceId = `theirs-${randomUUID().slice(0, 8)}`;
    await createDevice(owner(), { name: "Theirs", deviceId });

    const evidence = await csrEvidence(deviceId, { credential: await claimOf(group) });

    expect(reasonOf(await enrol(tools.device, group, evidence))).toBe("id-taken");
    expect((await rowsOf(group)).group.enrolled).toBe(0);
  });

  it("a device of the same group is not taken over with another key", async () => {
    const group = await tools.group({ kind: "claim" });
    const credential = await claimOf(group);
    const id = `mine-${group.publicId}`;
    enrolled(await enrol(tools.device, group, await csrEvidence(id, { credential })));

    const other = await csrEvidence(id, { credential });

    expect(reasonOf(await enrol(tools.device, group, other))).toBe("id-taken");
  });

  it("unless a claim was made for that one serial", async () => {
    const group = await tools.group({ kind: "claim" });
    const id = `reset-${group.publicId}`;
    const first = await csrEvidence(id, { serial: "S-9", credential: await claimOf(group) });
    enrolled(await enrol(tools.device, group, first));
    const credential = await claimOf(group, { expectedSerials: ["S-9"], maxUses: 1 });

    const reset = await csrEvidence(id, { serial: "S-9", credential });

    enrolled(await enrol(tools.device, group, reset));
    const rows = await rowsOf(group);
    expect(rows.group.enrolled).toBe(1);
    expect(rows.devices[0]?.certificates).toHaveLength(2);
    const again = await csrEvidence(id, { serial: "S-9", credential });
    expect(reasonOf(await enrol(tools.device, group, again))).toBe("credential-used-up");
  });

  it("a replayed request under another id is refused", async () => {
    const group = await tools.group({ kind: "claim" });
    const credential = await claimOf(group);
    const { csrPem } = await makeRequest({});
    const ask = { kind: "csr", csrPem } as const;
    const asked = async (name: string): Promise<EnrolmentEvidence> => ({
      ...(await csrEvidence(`${name}-${group.publicId}`, { credential })),
      ask,
    });
    enrolled(await enrol(tools.device, group, await asked("a")));

    const replayed = await enrol(tools.device, group, await asked("b"));

    expect(reasonOf(replayed)).toBe("key-in-use");
    expect((await rowsOf(group)).devices).toHaveLength(1);
  });

  it("a request that names another device, wants to be a CA or further names is refused", async () => {
    const group = await tools.group({ kind: "claim" });
    const credential = await claimOf(group);
    const evidence = await csrEvidence(`greedy-${group.publicId}`, { credential });
    const ask = async (input: Parameters<typeof makeRequest>[0]) => {
      const { csrPem } = await makeRequest(input);
      const wanted: EnrolmentEvidence = { ...evidence, ask: { kind: "csr", csrPem } };
      return enrol(tools.device, group, wanted);
    };

    expect(await ask({ commonName: "pump-99" })).toMatchObject({ reason: "csr-refused" });
    expect(await ask({ greedy: true })).toMatchObject({
      reason: "csr-refused",
      detail: expect.stringContaining("CA:TRUE") as string,
    });
    expect(await ask({ names: [{ type: "dns", value: "broker.example" }] })).toMatchObject({
      reason: "csr-refused",
      detail: expect.stringContaining("the further name “broker.example”") as string,
    });
    expect(await ask({ key: { name: "RSA", bits: 1024 } })).toMatchObject({
      reason: "csr-refused",
      detail: expect.stringContaining("too short") as string,
    });
    const broken: EnrolmentEvidence = { ...evidence, ask: { kind: "csr", csrPem: "\0 no" } };
    expect(await enrol(tools.device, group, broken)).toMatchObject({ reason: "csr-refused" });
    expect((await rowsOf(group)).devices).toEqual([]);
  });

  it("what a device calls itself is judged, not trusted", async () => {
    const group = await tools.group({ kind: "claim" });
    const credential = await claimOf(group);
    for (const name of ["", "a/b", "\0", "x".repeat(500), "pump\ud800"]) {
      const evidence = { ...(await csrEvidence("x", { credential })), registrationId: name };
      expect(reasonOf(await enrol(tools.device, group, evidence))).toBe("bad-registration-id");
    }
  });
});

describe("a device that comes back", () => {
  it("gets a new certificate for its key once the old one has ended", async () => {
    const group = await tools.group({ kind: "claim" });
    const credential = await claimOf(group, { maxUses: 1 });
    const evidence = await csrEvidence(`back-${group.publicId}`, { credential });
    const first = enrolled(await enrol(tools.device, group, evidence));
    await withTenant(admin, (tx) =>
      tx.certificate.updateMany({
        where: { tenantId: acme.tenantId, deviceId: first.device.id },
        data: { state: "retired" },
      }),
    );

    const second = enrolled(await enrol(tools.device, group, evidence));

    expect(second.device.id).toBe(first.device.id);
    expect(second.certificate?.sha256).not.toBe(first.certificate?.sha256);
    expect((await rowsOf(group)).credentials).toMatchObject([{ uses: 1 }]);
  });

  it("but not when it was revoked or suspended", async () => {
    const group = await tools.group({ kind: "claim" });
    const credential = await claimOf(group);
    const evidence = await csrEvidence(`bad-${group.publicId}`, { credential });
    const first = enrolled(await enrol(tools.device, group, evidence));
    await revokeCertificate(admin, { certificateId: first.certificate!.certificateId });
    expect(reasonOf(await enrol(tools.device, group, evidence))).toBe("denied");

    const next = await csrEvidence(`worse-${group.publicId}`, { credential });
    const { device } = enrolled(await enrol(tools.device, group, next));
    await suspendDevice(admin, { deviceId: device.deviceId });
    expect(await enrol(tools.device, group, next)).toMatchObject({
      reason: "denied",
      detail: expect.stringContaining("suspended") as string,
    });
  });
});

describe("a group whose devices wait for a person", () => {
  it("gets in after the approval, when it asks again", async () => {
    const group = await tools.group({ kind: "claim", rules: { needsApproval: true } });
    const credential = await claimOf(group);
    const evidence = await csrEvidence(`waits-${group.publicId}`, { credential });

    const waiting = await enrol(tools.device, group, evidence);
    expect(waiting).toMatchObject({ state: "pending", retryAfterSeconds: 30 });
    expect(await enrol(tools.device, group, evidence)).toEqual(waiting);
    expect((await rowsOf(group)).devices).toEqual([]);
    const requestId = waiting.state === "pending" ? waiting.requestId : "";
    await approveEnrolment(acme.ctx("operator"), { requestId });

    enrolled(await enrol(tools.device, group, evidence));

    expect((await rowsOf(group)).requests).toMatchObject([{ state: "enrolled", attempts: 3 }]);
  });

  it("stays out when a person refuses it, and the same key does not wait twice", async () => {
    const group = await tools.group({ kind: "claim", rules: { needsApproval: true } });
    const credential = await claimOf(group);
    const { csrPem } = await makeRequest({});
    const asked = async (name: string): Promise<EnrolmentEvidence> => ({
      ...(await csrEvidence(`${name}-${group.publicId}`, { credential })),
      ask: { kind: "csr", csrPem },
    });
    const waiting = await enrol(tools.device, group, await asked("a"));
    expect(reasonOf(await enrol(tools.device, group, await asked("b")))).toBe("key-in-use");
    const requestId = waiting.state === "pending" ? waiting.requestId : "";
    await refuseEnrolment(admin, { requestId, reason: "Nobody knows it." });

    const answer = await enrol(tools.device, group, await asked("a"));

    expect(answer).toMatchObject({
      reason: "rejected-by-person",
      detail: "A person refused it: Nobody knows it.",
    });
  });
});

describe("other ways in", () => {
  it("a secret serves once, and is found by its hash", async () => {
    const group = await tools.group({ kind: "est" });
    const { secret } = await createEnrolmentSecret(admin, {
      groupId: group.publicId,
      name: "Pump 1",
      hours: 24,
      maxUses: 1,
    });
    const hash = createHash("sha256").update(secret).digest();
    const credential = (await findEnrolmentSecret(database.ingest, hash))!;
    expect(credential.group.id).toBe(group.id);

    const first = await csrEvidence(`est-${group.publicId}`, { credential });
    enrolled(await enrol(tools.device, group, first));

    const second = await csrEvidence(`est2-${group.publicId}`, { credential });
    expect(reasonOf(await enrol(tools.device, group, second))).toBe("credential-used-up");
  });

  it("a derived key becomes the device's own, and follows the group's keys", async () => {
    const group = await tools.group({ kind: "symmetric_key" });
    const registrationId = `sas-${group.publicId}`;
    const evidence = (key: string): EnrolmentEvidence => ({
      registrationId,
      serial: "",
      subject: { commonName: "", organisation: "" },
      parameters: {},
      transport: "mqtts",
      remote: "",
      ask: { kind: "sas", key },
    });
    const [one, two] = ["one", "two"].map((key) =>
      deriveDeviceKey(Buffer.from(key), registrationId),
    );

    const first = enrolled(await enrol(tools.device, group, evidence(one!)));
    enrolled(await enrol(tools.device, group, evidence(one!)));
    enrolled(await enrol(tools.device, group, evidence(two!)));

    const { devices, requests } = await rowsOf(group);
    expect(devices).toHaveLength(1);
    expect(first.certificate).toBeNull();
    const kept = devices[0]!.credentials.map(({ revokedAt }) => revokedAt === null);
    expect(kept.filter(Boolean)).toHaveLength(1);
    expect(kept).toHaveLength(2);
    expect(requests).toMatchObject([{ attempts: 3, state: "enrolled" }]);
  });

  it("another organisation sees nothing of it", async () => {
    const group = await tools.group({ kind: "claim" });
    const evidence = await csrEvidence(`x-${group.publicId}`, {
      credential: await claimOf(group),
    });
    const elsewhere = { ...tools.device, tenantId: other.tenantId };

    const answer = await enrol(elsewhere, group, evidence);

    expect(reasonOf(answer)).toBe("group-disabled");
    expect((await rowsOf(group)).devices).toEqual([]);
  });
});
