import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withInstallation, withTenant } from "#server/db/tenant.ts";
import { probeDeviceId } from "#server/domain/tls-probe-plan.ts";
import { tlsProfiles } from "#server/domain/tls-profiles.ts";
import { runTlsProbe } from "#server/jobs/tls-probe.ts";
import { recordServerCertificate } from "#server/pki/server-certificate-record.ts";
import { changeTlsProfile } from "#server/services/tls/change-profile.ts";
import { createTlsProbeDevice } from "#server/services/tls/create-probe-device.ts";
import {
  prepareProbeCertificates,
  readProbeIdentity,
  type StoredProbeIdentity,
} from "#server/services/tls/probe-identity.ts";
import { requestTlsProbe } from "#server/services/tls/request-probe.ts";
import { readProbeRequest } from "#server/services/tls/settings.ts";
import { listTlsProbes, showTlsProbe } from "#server/services/tls/show-probe.ts";
import { showTlsPosture } from "#server/services/tls/show.ts";
import { makeCustomerAuthority } from "#server/testing/customer-authority.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";
import { waitForControl } from "#server/testing/wait-for-control.ts";

let database: TestDatabase;
let runner: TestTenant;
let other: TestTenant;
let ca: TestSigner;

beforeAll(async () => {
  [database, ca] = await Promise.all([cloneDatabase(), createTestSigner()]);
  runner = await createTestTenant(database, { slug: "runner", operator: true });
  other = await createTestTenant(database, { slug: "other" });
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

const person = { actor: { type: "token", id: randomUUID(), name: "desk" } } as const;
const forbidden = { code: "forbidden" };

async function newestEvent({ tenantId }: TestTenant = runner) {
  return withTenant({ db: database.app, tenantId }, (tx) =>
    tx.auditEvent.findFirst({ where: { tenantId }, orderBy: { seq: "desc" } }),
  );
}

describe("the TLS profile", () => {
  it("is the default, then what the operator chose, with its record, and workers are told", async () => {
    const before = await showTlsPosture(runner.ctx("auditor", person), {});
    expect(before).toMatchObject({ profile: "nist-800-52r2", revision: 0, isOperator: true });

    const control = await waitForControl(database);
    await changeTlsProfile(runner.ctx("admin", person), { profile: "modern", revision: 0 });
    expect(await control.next()).toEqual({ kind: "trust", tenantId: runner.tenantId });
    await control.stop();
    expect(await newestEvent()).toMatchObject({
      actionCode: "tls.profile_change",
      target: "tls:profile",
      payload: { before: { profile: "nist-800-52r2" }, after: { profile: "modern" } },
    });
    const after = await showTlsPosture(other.ctx("auditor", person), {});
    expect(after).toMatchObject({
      profile: "modern",
      revision: 1,
      changedBy: "token:desk",
      isOperator: false,
    });
  });

  it("that was changed since, or is in use already, is a conflict", async () => {
    const ctx = runner.ctx("admin", person);
    await expect(
      changeTlsProfile(ctx, { profile: "constrained", revision: 0 }),
    ).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("meantime") });
    await expect(changeTlsProfile(ctx, { profile: "modern", revision: 1 })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("in use already"),
    });
    await expect(
      changeTlsProfile(ctx, { profile: "legacy" as "modern", revision: 1 }),
    ).rejects.toMatchObject({ code: "invalid" });
  });

  it("is not for another organisation, and not for every role", async () => {
    const change = { profile: "constrained", revision: 1 } as const;
    await expect(changeTlsProfile(other.ctx("admin", person), change)).rejects.toMatchObject(
      forbidden,
    );
    await expect(changeTlsProfile(runner.ctx("operator", person), change)).rejects.toMatchObject(
      forbidden,
    );
    expect(await newestEvent()).toMatchObject({
      outcome: "denied",
      actionCode: "tls.profile_change",
    });
  });

  it("shows how many connected devices of all organisations it would shut out", async () => {
    await connected(other, "TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256");
    await connected(runner, "TLSv1.3", "TLS_AES_256_GCM_SHA384");
    await connected(runner, null, null);
    const shutOut = async (tenant: TestTenant) => {
      const { profiles } = await showTlsPosture(tenant.ctx("auditor", person), {});
      return profiles.map(({ name, shutOut: count }) => [name, count]);
    };
    const counts = (modern: number) => [
      ["nist-800-52r2", 0],
      ["modern", modern],
      ["constrained", 0],
    ];
    expect(await shutOut(runner)).toEqual(counts(1));
    expect(await shutOut(other)).toEqual(counts(1));
    const { negotiated } = await showTlsPosture(other.ctx("auditor", person), {});
    expect(negotiated).toEqual([
      { version: "TLSv1.2", cipher: "ECDHE-ECDSA-AES128-GCM-SHA256", devices: 1 },
    ]);
  });
});

async function connected(tenant: TestTenant, tlsVersion: string | null, tlsCipher: string | null) {
  const { tenantId, profileId } = tenant;
  const id = `d-${randomUUID().slice(0, 8)}`;
  const { key: deviceKey } = await withTenant({ db: database.app, tenantId }, (tx) =>
    tx.device.create({
      data: { tenantId, deviceId: id, name: id, profileId, createdBy: "system:test" },
      select: { key: true },
    }),
  );
  const state = { connected: true, tlsVersion, tlsCipher };
  await withInstallation(database.ingest, (tx) =>
    tx.deviceStatus.upsert({
      where: { tenantId_deviceKey: { tenantId, deviceKey } },
      create: { tenantId, deviceKey, ...state },
      update: state,
    }),
  );
}

describe("a probe", () => {
  it("is asked for by the operator, with its record, and workers are told", async () => {
    const control = await waitForControl(database);
    const { requestedAt } = await requestTlsProbe(runner.ctx("admin", person), {});
    expect(await control.next()).toEqual({ kind: "probe", tenantId: runner.tenantId });
    await control.stop();
    expect(await newestEvent()).toMatchObject({ actionCode: "tls.probe" });
    expect(await withInstallation(database.ingest, readProbeRequest)).toEqual({
      by: "token:desk",
      at: new Date(requestedAt),
    });
  });

  it("is not for another organisation, and not for every role", async () => {
    await expect(requestTlsProbe(other.ctx("admin", person), {})).rejects.toMatchObject(forbidden);
    await expect(requestTlsProbe(runner.ctx("auditor", person), {})).rejects.toMatchObject(
      forbidden,
    );
  });

  it("is recorded with every answer, wrong ones first, and kept for 90 days", async () => {
    const certPem = (await works()).cert;
    const listener = {
      listener: "console",
      target: { host: "127.0.0.1", port: 1 },
      profile: tlsProfiles.modern,
      certPem,
    } as const;
    const probe = (daysAgo: number) =>
      runTlsProbe({
        db: database.ingest,
        workerId: randomUUID(),
        clock: () => Date.now() - daysAgo * 86_400_000,
        profile: tlsProfiles.modern,
        requestedBy: "schedule",
        listeners: [listener],
        identities: async () => ({}),
      });
    await probe(91);
    await probe(0);

    const runs = await listTlsProbes(other.ctx("auditor"), {});
    expect(runs).toHaveLength(1);
    const [run] = runs;
    expect(run).toMatchObject({ requestedBy: "schedule", error: "" });
    expect(run?.profile).toMatch(/^modern@[0-9a-f]{12}$/);
    expect(run?.wrong).toBe(run?.cells);
    const { answers } = await showTlsProbe(other.ctx("auditor"), { id: run?.id ?? "" });
    expect(answers).toHaveLength(run?.cells ?? 0);
    expect(answers[0]).toMatchObject({ outcome: "unreachable", wrong: true });
    await expect(showTlsProbe(other.ctx("auditor"), { id: randomUUID() })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

const works = async () =>
  (await makeCustomerAuthority()).issue({
    commonName: "devices.example",
    names: [{ type: "dns", value: "devices.example" }],
  });

describe("the prober's device", () => {
  const admin = (now = () => new Date()) =>
    runner.ctx("admin", { ...person, signer: ca.signer, now });
  const identity = async () =>
    (await withInstallation(database.ingest, readProbeIdentity)) as StoredProbeIdentity;

  it("is not for another organisation, and not for every role", async () => {
    await expect(createTlsProbeDevice(other.ctx("admin", person), {})).rejects.toMatchObject(
      forbidden,
    );
    await expect(createTlsProbeDevice(runner.ctx("operator", person), {})).rejects.toMatchObject(
      forbidden,
    );
  });

  it("is made once, with its record", async () => {
    await createTlsProbeDevice(admin(), {});
    expect(await newestEvent()).toMatchObject({
      actionCode: "tls.probe_device_create",
      target: expect.stringContaining(probeDeviceId),
    });
    await expect(createTlsProbeDevice(admin(), {})).rejects.toMatchObject({ code: "conflict" });
  });

  it("has a good and a revoked certificate, and later one that expired; keys are kept sealed", async () => {
    const first = await prepareProbeCertificates(admin(), await identity());
    expect(first.good).toHaveProperty("key", expect.stringContaining("PRIVATE KEY"));
    expect(first.revoked).toHaveProperty("cert");
    expect(first.expired).toHaveProperty("missing", expect.stringMatching(/expires on \d{4}-/));
    expect(JSON.stringify(await identity())).not.toContain("PRIVATE KEY");
    const states = await withTenant({ db: database.app, tenantId: runner.tenantId }, (tx) =>
      tx.certificate.findMany({ select: { state: true }, orderBy: { state: "asc" } }),
    );
    expect(states.map(({ state }) => state)).toEqual(["issued", "revoked"]);

    expect(await prepareProbeCertificates(admin(), await identity())).toEqual(first);
    const days = (count: number) => () => new Date(Date.now() + count * 86_400_000);
    const renewed = await prepareProbeCertificates(admin(days(70)), await identity());
    expect(renewed.good).not.toEqual(first.good);
    expect(renewed.expired).toHaveProperty("missing");
    // The signer's own clock has not moved, so what was renewed ends with the first.
    const later = await prepareProbeCertificates(admin(days(95)), await identity());
    expect(later.expired).toEqual(first.good);
    const muchLater = await prepareProbeCertificates(admin(days(96)), await identity());
    expect(muchLater.expired).toEqual(renewed.good);
  });
});

describe("the certificate of the listeners", () => {
  it("is recorded with its hosts, and with when it was replaced", async () => {
    const db = database.ingest;
    const [first, second] = [await works(), await works()];
    const at = new Date("2026-11-27T12:00:00Z");
    await recordServerCertificate(db, { origin: "file", certPem: first.cert, now: at });
    await recordServerCertificate(db, { origin: "acme", certPem: second.cert, now: at });

    const { certificates } = await showTlsPosture(other.ctx("auditor", person), {});
    expect(certificates).toMatchObject([
      { source: "acme", hosts: ["devices.example"], replacedAt: null },
      { source: "file", replacedAt: at.toISOString() },
    ]);
  });
});
