import { createPrivateKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import { exportRoot } from "#server/services/authority/export-root.ts";
import { importIssuing } from "#server/services/authority/import-issuing.ts";
import { listAuthorities } from "#server/services/authority/list.ts";
import { removeRoot } from "#server/services/authority/remove-root.ts";
import { renewIssuing } from "#server/services/authority/renew-issuing.ts";
import { requestIssuing } from "#server/services/authority/request-issuing.ts";
import { retireIssuing } from "#server/services/authority/retire-issuing.ts";
import { issueCertificate } from "#server/services/certificate/issue.ts";
import { createDevice } from "#server/services/device/create.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";
import { waitForControl } from "#server/testing/wait-for-control.ts";

const passphrase = "correct horse battery";
const person = {
  type: "user",
  id: "b7f0a1f2-0d43-4b43-9d3e-6d1f2c3b4a59",
  email: "ann@runner.test",
  sessionId: "s",
} as const;
let database: TestDatabase;
let runner: TestTenant;
let other: TestTenant;
let ca: TestSigner;

beforeAll(async () => {
  database = await cloneDatabase();
  runner = await createTestTenant(database, { slug: "runner", operator: true });
  other = await createTestTenant(database, { slug: "other" });
  ca = await createTestSigner();
  await recordAuthorities(database.app, ca.dataDir);
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

const admin = () => runner.ctx("admin", { actor: person, signer: ca.signer });
const view = () => listAuthorities(admin(), {});
const first = async () => {
  const { authorities } = await view();
  const issuing = authorities.filter(({ kind }) => kind === "issuing");
  return {
    root: authorities[0]?.sha256 ?? "",
    active: issuing.find(({ state }) => state === "active")?.sha256 ?? "",
    trusted: issuing.findLast(({ state }) => state === "trusted")?.sha256 ?? "",
  };
};

async function newestEvent() {
  const { tenantId } = runner;
  return withTenant({ db: database.app, tenantId }, (tx) =>
    tx.auditEvent.findFirst({ where: { tenantId }, orderBy: { seq: "desc" } }),
  );
}

async function issueIn(tenant: TestTenant, deviceId: string) {
  const ctx = tenant.ctx("admin", { signer: ca.signer });
  const device = await createDevice(ctx, { name: deviceId, deviceId });
  const { csrPem } = await makeRequest({});
  return issueCertificate(ctx, { deviceId: device.deviceId, csrPem });
}

/** Everything that changes CAs, with an input that fits. */
const changes = {
  renew: (ctx: ReturnType<typeof admin>) => renewIssuing(ctx, {}),
  request: (ctx: ReturnType<typeof admin>) =>
    requestIssuing(ctx, { commonName: "Plant CA", organisation: "Acme" }),
  import: (ctx: ReturnType<typeof admin>) =>
    importIssuing(ctx, { certificatePem: ca.authority.issuingPem, chainPem: ca.authority.rootPem }),
  export: (ctx: ReturnType<typeof admin>) => exportRoot(ctx, { passphrase }),
  remove: async (ctx: ReturnType<typeof admin>) =>
    removeRoot(ctx, { sha256: (await first()).root }),
  retire: async (ctx: ReturnType<typeof admin>) =>
    retireIssuing(ctx, { sha256: (await first()).active }),
};

describe.each(Object.entries(changes))("to %s", (_, change) => {
  it("is not for other roles, other organisations, or while the signer is away", async () => {
    const roles = ["viewer", "operator", "compliance_officer", "auditor"] as const;
    for (const role of roles) {
      const ctx = runner.ctx(role, { actor: person, signer: ca.signer });
      await expect(change(ctx)).rejects.toMatchObject({ code: "forbidden" });
    }
    const stranger = other.ctx("admin", { actor: person, signer: ca.signer });
    await expect(change(stranger)).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("organisation that runs it") as string,
    });
    const alone = runner.ctx("admin", { actor: person, signer: absentSigner() });
    await expect(change(alone)).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("the list of CAs", () => {
  it("is the root above its issuing CA, with what is to be done", async () => {
    const { authorities, operator, signerAnswers, requestPem } = await view();

    expect(authorities.map(({ kind, state, findings }) => ({ kind, state, findings }))).toEqual([
      { kind: "root", state: "active", findings: ["root-online", "key-not-encrypted"] },
      { kind: "issuing", state: "active", findings: ["key-not-encrypted"] },
    ]);
    expect(authorities[1]?.issuerSha256).toBe(authorities[0]?.sha256);
    expect({ operator, signerAnswers, requestPem }).toEqual({
      operator: true,
      signerAnswers: true,
      requestPem: null,
    });
  });

  it("is there for every overseer while the signer is away", async () => {
    const ctx = other.ctx("auditor", { actor: person });

    expect(await listAuthorities(ctx, {})).toMatchObject({ operator: false, signerAnswers: false });
    const viewer = other.ctx("viewer", { actor: person });
    await expect(listAuthorities(viewer, {})).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("an issuing CA", () => {
  it("is renewed with its record, and the workers are told", async () => {
    const before = await first();
    const control = await waitForControl(database);

    const { sha256 } = await renewIssuing(admin(), {});

    expect(await control.next()).toEqual({ kind: "trust", tenantId: runner.tenantId });
    await control.stop();
    expect(await newestEvent()).toMatchObject({
      actionCode: "authority.renew_issuing",
      target: `authority:${sha256}`,
    });
    expect(await first()).toEqual({ root: before.root, active: sha256, trusted: before.active });
  });

  it("signs what is issued from then on, with its own chain", async () => {
    const issued = await issueIn(runner, "pump-new");

    expect(issued.chainPem).toBe(ca.authority.issuingPem + ca.authority.rootPem);
    expect(issued.caPem).toBe(ca.authority.rootPem);
  });

  it("is retired only by the number of certificates that end with it, of all organisations", async () => {
    await issueIn(other, "pump-other");
    // It signed the two devices' certificates, and becomes the trusted one beside its predecessor.
    const { trusted: oldest, active: trusted } = await first();
    await renewIssuing(admin(), {});
    await retireIssuing(admin(), { sha256: oldest });
    await expect(retireIssuing(admin(), { sha256: trusted })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("2 certificates") as string,
    });
    await expect(
      retireIssuing(admin(), { sha256: trusted, certificates: 1 }),
    ).rejects.toMatchObject({ code: "conflict" });

    const retired = await retireIssuing(admin(), { sha256: trusted, certificates: 2 });

    expect(retired).toEqual({ sha256: trusted, certificates: 2 });
    expect(await newestEvent()).toMatchObject({
      actionCode: "authority.retire_issuing",
      payload: { after: { state: "retired" }, certificates: 2 },
    });
  });

  it.each([
    ["the active one", async () => (await first()).active, "conflict"],
    ["one that is not there", () => Promise.resolve("0".repeat(64)), "not_found"],
  ])("cannot be retired: %s", async (_, which, code) => {
    await expect(retireIssuing(admin(), { sha256: await which() })).rejects.toMatchObject({ code });
  });

  it("is asked of another root by a request, which is shown until its answer comes", async () => {
    const { csrPem } = await changes.request(admin());

    expect((await view()).requestPem).toBe(csrPem);
    expect(await newestEvent()).toMatchObject({
      actionCode: "authority.request_issuing",
      payload: { after: { commonName: "Plant CA", organisation: "Acme" } },
    });
    await expect(changes.import(admin())).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("another key") as string,
    });
  });
});

describe("the root", () => {
  it("is exported with a record that holds no secret", async () => {
    const exported = await exportRoot(admin(), { passphrase });

    const key = createPrivateKey({ key: exported.encryptedKeyPem, passphrase });
    expect(key.asymmetricKeyType).toBe("ec");
    const event = await newestEvent();
    expect(event).toMatchObject({ actionCode: "authority.export_root", payload: {} });
    expect(JSON.stringify(event?.payload)).not.toContain(passphrase);
    await expect(exportRoot(admin(), { passphrase: "short" })).rejects.toMatchObject({
      code: "invalid",
    });
  });

  it("is removed by its SHA-256 only, and renewing is refused with what to do instead", async () => {
    const { root } = await first();
    await expect(removeRoot(admin(), { sha256: "0".repeat(64) })).rejects.toMatchObject({
      code: "conflict",
    });

    await removeRoot(admin(), { sha256: root });

    expect((await view()).authorities[0]).toMatchObject({ keyPlace: "absent", findings: [] });
    expect(await newestEvent()).toMatchObject({ actionCode: "authority.remove_root" });
    await expect(renewIssuing(admin(), {})).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("Make a request instead") as string,
    });
  });
});

describe("the table of CAs", () => {
  it("is what is on disk; what another folder left is retired", async () => {
    const elsewhere = await createTestSigner();
    await recordAuthorities(database.ingest, elsewhere.dataDir);
    await recordAuthorities(database.ingest, ca.dataDir);
    elsewhere.remove();

    const { authorities } = await view();

    const strange = authorities.filter(({ pem }) => pem === elsewhere.authority.rootPem);
    expect(strange).toMatchObject([{ state: "retired", keyPlace: "absent" }]);
    expect(authorities.find(({ pem }) => pem === ca.authority.rootPem)).toMatchObject({
      state: "active",
      keyAlgorithm: "EC P-384",
    });
  });
});
