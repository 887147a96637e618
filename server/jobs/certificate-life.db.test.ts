import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { activateCertificate } from "#server/db/activate-certificate.ts";
import { withTenant } from "#server/db/tenant.ts";
import { askDue, correctDueDates, retireEnded } from "#server/jobs/certificate-life.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import { issueCertificate } from "#server/services/certificate/issue.ts";
import { renewCertificate } from "#server/services/certificate/renew.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import { handleOf, openRequest, startStoreBench, subscription } from "#server/testing/broker.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import {
  cloneDatabase,
  createTestTenant,
  testKeyring,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";
import { waitForControl } from "#server/testing/wait-for-control.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let admin: Context;
let aheadMs = 0;

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  await recordAuthorities(database.app, ca.dataDir);
  acme = await createTestTenant(database, { slug: "acme" });
  admin = acme.ctx("admin", { signer: ca.signer });
});
beforeEach(() => {
  aheadMs = 0;
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

const clock = () => Date.now() + aheadMs;

function parts() {
  const now = () => new Date(clock());
  const system = { db: database.app, signer: ca.signer, keyring: testKeyring, now };
  return { db: database.ingest, system, clock };
}

async function setPolicy(policy: Readonly<Record<string, unknown>>): Promise<void> {
  const { tenantId, profileId } = acme;
  await withTenant(admin, (tx) =>
    tx.profile.update({
      where: { tenantId_id: { tenantId, id: profileId } },
      data: { certificatePolicy: policy as never },
    }),
  );
}

/** A device whose certificate is in use. */
async function equipped() {
  const { deviceId, id } = await createDevice(admin, { name: "Device" });
  const { csrPem } = await makeRequest({});
  const issued = await issueCertificate(admin, { deviceId, csrPem });
  await activate(issued.certificateId);
  const { key } = await withTenant(admin, (tx) =>
    tx.device.findFirstOrThrow({ where: { id }, select: { key: true } }),
  );
  return { ...issued, deviceId, key };
}

async function activate(id: string): Promise<void> {
  const at = { db: database.ingest, tenantId: acme.tenantId };
  await withTenant(at, (tx) =>
    activateCertificate(tx, { tenantId: acme.tenantId, id }, new Date(clock())),
  );
}

async function renewed({ deviceId, sha256 }: { deviceId: string; sha256: string }) {
  const { csrPem } = await makeRequest({ commonName: deviceId });
  return renewCertificate(admin, { deviceId, csrPem, sha256 });
}

async function row(id: string) {
  return withTenant(admin, (tx) =>
    tx.certificate.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: acme.tenantId, id } },
      select: { state: true, renewalDueAt: true, retireAt: true, notAfter: true },
    }),
  );
}

async function events(deviceId: string, actionCode: string) {
  return withTenant(admin, (tx) =>
    tx.auditEvent.findMany({
      where: { tenantId: acme.tenantId, target: `device:${deviceId}`, actionCode },
      select: { reason: true, payload: true },
    }),
  );
}

async function sawDevice(key: bigint, sha256: string, at: Date): Promise<void> {
  await database.ingest.pool.query(
    `INSERT INTO device_status (tenant_id, device_key, connected, connected_at, disconnected_at, certificate_sha256)
     VALUES ($1, $2, false, $3, $3, $4) ON CONFLICT (tenant_id, device_key) DO UPDATE SET
       connected_at = excluded.connected_at, disconnected_at = excluded.disconnected_at,
       certificate_sha256 = excluded.certificate_sha256`,
    [acme.tenantId, key.toString(), at, sha256],
  );
}

describe("due dates", () => {
  it("follow the profile, also for certificates that were issued before", async () => {
    await setPolicy({});
    const { certificateId } = await equipped();
    expect((await row(certificateId)).renewalDueAt).toBeNull();
    expect(await correctDueDates(parts())).toBe(0);

    await setPolicy({ renewal: "automatic" });
    expect(await correctDueDates(parts())).toBeGreaterThan(0);
    const { renewalDueAt, notAfter } = await row(certificateId);
    expect(renewalDueAt?.getTime()).toBeLessThan(notAfter.getTime());
    expect(await correctDueDates(parts())).toBe(0);

    await setPolicy({ renewal: "manual" });
    expect(await correctDueDates(parts())).toBeGreaterThan(0);
    expect((await row(certificateId)).renewalDueAt).toBeNull();
  });
});

describe("the old certificate", () => {
  it("is retired after the overlap, and its connections are cut", async () => {
    await setPolicy({ overlapDays: 3 });
    const old = await equipped();
    const next = await renewed(old);
    await activate(next.certificateId);
    const superseded = await row(old.certificateId);
    expect(superseded.state).toBe("superseded");
    expect((superseded.retireAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(3 * dayMs - hourMs);

    aheadMs = 3 * dayMs - hourMs;
    expect(await retireEnded(parts())).toBe(0);
    aheadMs = 3 * dayMs + hourMs;
    const told = await waitForControl(database);
    expect(await retireEnded(parts())).toBe(1);
    expect(await told.next()).toMatchObject({ kind: "device", deviceKey: old.key.toString() });
    await told.stop();

    expect((await row(old.certificateId)).state).toBe("retired");
    expect((await row(next.certificateId)).state).toBe("active");
    expect(await events(old.deviceId, "certificate.retire")).toMatchObject([
      { reason: expect.stringContaining("overlap is over"), payload: { sha256: old.sha256 } },
    ]);
  });

  it("is kept when the new one counts no more meanwhile", async () => {
    await setPolicy({ overlapDays: 0 });
    const old = await equipped();
    const next = await renewed(old);
    await activate(next.certificateId);
    await withTenant(admin, (tx) =>
      tx.certificate.updateMany({ where: { sha256: next.sha256 }, data: { state: "revoked" } }),
    );
    aheadMs = dayMs;
    expect(await retireEnded(parts())).toBe(0);
    expect((await row(old.certificateId)).state).toBe("superseded");
  });

  it("never counts longer than its own end", async () => {
    await setPolicy({ overlapDays: 90 });
    const old = await equipped();
    aheadMs = 80 * dayMs;
    await activate((await renewed(old)).certificateId);
    const { retireAt, notAfter } = await row(old.certificateId);
    expect(retireAt).toEqual(notAfter);
  });
});

describe("a new certificate that nobody uses", () => {
  it("goes after a day if the device goes on with its old one, and not while it sleeps", async () => {
    const old = await equipped();
    const next = await renewed(old);
    await sawDevice(old.key, old.sha256, new Date(clock() + hourMs));
    aheadMs = dayMs + hourMs;
    expect(await retireEnded(parts())).toBe(0);

    await sawDevice(old.key, old.sha256, new Date(clock() + hourMs));
    expect(await retireEnded(parts())).toBe(1);
    expect((await row(next.certificateId)).state).toBe("retired");
    expect((await row(old.certificateId)).state).toBe("active");
    expect(await events(old.deviceId, "certificate.retireUnused")).toMatchObject([
      { reason: expect.stringContaining("The rotation stalled") },
    ]);
  });

  it("stays where it is the only one", async () => {
    const { deviceId } = await createDevice(admin, { name: "New" });
    const { csrPem } = await makeRequest({});
    const { certificateId } = await issueCertificate(admin, { deviceId, csrPem });
    aheadMs = 30 * dayMs;
    await retireEnded(parts());
    expect((await row(certificateId)).state).toBe("issued");
  });
});

describe("devices whose renewal is due", () => {
  it("are asked once, then daily, if they listen, until they have their next one", async () => {
    await setPolicy({ renewal: "automatic" });
    const device = await equipped();
    const deaf = await equipped();
    const store = await startStoreBench(database.ingest);
    const owner = { kind: "device", deviceKey: device.key } as const;
    const request = openRequest(acme.tenantId, owner, { clientId: device.deviceId });
    const handle = handleOf(request, await store.open(request));
    const filter = `qs/v1/d/${device.deviceId}/dn/certificate/+`;
    await store.subscribe(handle, [subscription(filter)]);
    await store.close(handle, { expirySeconds: 86_400, willDueAt: undefined });
    const asked = () => events(device.deviceId, "certificate.askRenewal");

    expect(await askDue(parts())).toBe(0);
    aheadMs = 67 * dayMs;
    expect(await askDue(parts())).toBe(1);
    expect(await askDue(parts())).toBe(0);
    // A clock that was ahead and is set back asks nobody again.
    aheadMs -= 2 * hourMs;
    expect(await askDue(parts())).toBe(0);
    aheadMs += 27 * hourMs;
    expect(await askDue(parts())).toBe(1);
    expect(await asked()).toMatchObject([
      { payload: { sessions: 1 } },
      { payload: { sessions: 1 } },
    ]);
    expect(await events(deaf.deviceId, "certificate.askRenewal")).toEqual([]);

    await renewed(device);
    aheadMs += 2 * dayMs;
    expect(await askDue(parts())).toBe(0);
    await store.stop(1_000);
  });
});
