import { createHash, X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import pg from "pg";
import { withTenant } from "#server/db/tenant.ts";
import type { EnrolmentRules } from "#server/domain/enrolment-rules.ts";
import { createEnrolmentPort } from "#server/gateway/enrolment-port.ts";
import { identify } from "#server/gateway/identify/identify.ts";
import type { PresentedCertificate } from "#server/gateway/identify/judge-certificate.ts";
import { createJustInTime } from "#server/gateway/identify/just-in-time.ts";
import { createRegistry } from "#server/gateway/identify/registry.ts";
import type { Context } from "#server/services/context.ts";
import { approveEnrolment } from "#server/services/enrolment/approve.ts";
import { createEnrolmentGroup } from "#server/services/enrolment/create-group.ts";
import { proveCustomerCa } from "#server/services/enrolment/prove-customer-ca.ts";
import { registerCustomerCa } from "#server/services/enrolment/register-customer-ca.ts";
import { setCustomerCaState } from "#server/services/enrolment/set-customer-ca-state.ts";
import {
  makeCustomerAuthority,
  type CustomerAuthority,
} from "#server/testing/customer-authority.ts";
import {
  cloneDatabase,
  createTestTenant,
  testKeyring,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

const place = { remote: "192.0.2.9", transport: "mqtts" };
const now = () => Date.now();
let database: TestDatabase;
let owner: pg.Client;
let signer: TestSigner;
let acme: TestTenant;
let admin: Context;

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  signer = await createTestSigner();
  acme = await createTestTenant(database, { slug: "acme" });
  admin = acme.ctx("admin", { signer: signer.signer });
});
afterAll(async () => {
  signer.remove();
  await owner.end();
  await database.drop();
});

/** A worker's own view of the one database. */
function startWorker() {
  const system = {
    db: database.app,
    signer: signer.signer,
    keyring: testKeyring,
    now: () => new Date(),
  };
  const port = createEnrolmentPort({ db: database.ingest, system });
  const registry = createRegistry({ db: database.ingest, now });
  return { registry, justInTime: createJustInTime({ port, now }) };
}

/** A proven CA of a new group with these rules. */
async function newAuthority(name: string, rules: Partial<EnrolmentRules> = {}) {
  const authority = await makeCustomerAuthority(name);
  const { id: groupId } = await createEnrolmentGroup(admin, {
    name,
    kind: "customer_ca",
    rules: { profileId: acme.profileId, tags: ["hall-3"], ...rules },
  });
  const { authorityId, challenge } = await registerCustomerCa(admin, {
    groupId,
    name,
    pem: authority.pem,
  });
  const { cert } = await authority.issue({ commonName: challenge });
  await proveCustomerCa(admin, { authorityId, certificatePem: cert });
  return { authority, authorityId };
}

async function presented(
  authority: CustomerAuthority,
  commonName: string,
): Promise<PresentedCertificate> {
  const { cert } = await authority.issue({ commonName, serialNumber: `SN-${commonName}` });
  const der = new X509Certificate(cert).raw;
  const sha256 = createHash("sha256").update(der).digest("hex");
  const { subject: issuer } = authority;
  return { sha256, commonName, uuid: "", issuer, issuerSha256: "", ours: false, der };
}

const who = (worker: ReturnType<typeof startWorker>, certificate: PresentedCertificate) =>
  identify(worker.registry, { kind: "certificate", ...certificate }, new Date());

async function deviceOf(deviceId: string) {
  return withTenant(admin, (tx) =>
    tx.device.findFirstOrThrow({
      where: { tenantId: acme.tenantId, deviceId },
      select: { id: true, serial: true, tags: true, state: true, certificates: true },
    }),
  );
}

describe("a device with a certificate of a customer's CA", () => {
  test("is enrolled once by two workers at once, and then known to both", async () => {
    const { authority } = await newAuthority("Works CA", { quarantine: true });
    const certificate = await presented(authority, "pump-1");
    const workers = [startWorker(), startWorker()];
    for (const worker of workers) {
      expect((await who(worker, certificate)).refusal?.cause).toBe("unknown-ca");
    }

    const outcomes = await Promise.all(
      workers.map(({ justInTime }) => justInTime.enrol(certificate, place)),
    );

    expect(outcomes.map((outcome) => outcome?.device?.deviceId)).toEqual(["pump-1", "pump-1"]);
    const device = await deviceOf("pump-1");
    expect(device).toMatchObject({ serial: "SN-pump-1", tags: ["hall-3"], state: "quarantined" });
    expect(device.certificates).toHaveLength(1);
    for (const [index, worker] of workers.entries()) {
      worker.registry.forget(outcomes[index]!.device!.key);
      const found = await who(worker, certificate);
      expect(found.principal).toMatchObject({ kind: "device", device: { deviceId: "pump-1" } });
    }
  });

  test("may be called otherwise than its certificate: the registry says whose that is", async () => {
    const { authority } = await newAuthority("Naming CA", { deviceIdTemplate: "w-{serial}" });
    const certificate = await presented(authority, "pump-2");
    const worker = startWorker();
    await worker.justInTime.enrol(certificate, place);
    expect((await who(worker, certificate)).principal).toMatchObject({
      device: { deviceId: "w-SN-pump-2" },
    });
  });

  test("waits for approval, and is let in after it", async () => {
    const { authority } = await newAuthority("Careful CA", { needsApproval: true });
    const certificate = await presented(authority, "pump-3");
    const before = await startWorker().justInTime.enrol(certificate, place);
    expect(before?.refusal).toMatchObject({ cause: "awaits-approval" });
    const request = await withTenant(admin, (tx) =>
      tx.enrolmentRequest.findFirstOrThrow({
        where: { tenantId: acme.tenantId, registrationId: "pump-3" },
        select: { id: true, transport: true, remote: true },
      }),
    );
    expect(request).toMatchObject(place);

    await approveEnrolment(admin, { requestId: request.id });

    const after = await startWorker().justInTime.enrol(certificate, place);
    expect(after?.device?.deviceId).toBe("pump-3");
  });

  test("is refused while its CA is disabled, and let in again", async () => {
    const { authority, authorityId } = await newAuthority("Fickle CA");
    const known = await presented(authority, "pump-4");
    await startWorker().justInTime.enrol(known, place);

    await setCustomerCaState(admin, { authorityId, state: "disabled" });

    const refused = await who(startWorker(), known);
    expect(refused.refusal).toMatchObject({ cause: "ca-not-active" });
    expect(refused.refusal?.detail).toBe(
      "The certificate of pump-4 was issued by the CA “Fickle CA”, which is disabled.",
    );
    const another = await presented(authority, "pump-5");
    expect((await startWorker().justInTime.enrol(another, place))?.refusal).toMatchObject({
      cause: "ca-not-active",
    });

    await setCustomerCaState(admin, { authorityId, state: "active" });
    expect((await who(startWorker(), known)).principal).toBeDefined();
  });

  test("is not hindered by another CA of the same name that is disabled", async () => {
    const { authority } = await newAuthority("Twin CA");
    const known = await presented(authority, "pump-6");
    await startWorker().justInTime.enrol(known, place);
    const twin = await makeCustomerAuthority("Twin CA");
    await owner.query(
      `INSERT INTO customer_ca (tenant_id, group_id, name, sha256, subject, spki_sha256, pem,
         not_before, not_after, state, challenge, created_by)
       SELECT tenant_id, group_id, 'twin', repeat('e', 64), subject, repeat('e', 64), $1,
         not_before, not_after, 'disabled', 'c', 'test' FROM customer_ca WHERE name = 'Twin CA'`,
      [twin.pem],
    );
    expect((await who(startWorker(), known)).principal).toBeDefined();
  });

  test("is refused when its CA was removed", async () => {
    const { authority, authorityId } = await newAuthority("Passing CA");
    const known = await presented(authority, "pump-7");
    await startWorker().justInTime.enrol(known, place);
    await owner.query("DELETE FROM customer_ca WHERE id = $1", [authorityId]);
    expect((await who(startWorker(), known)).refusal?.detail).toContain("which was removed");
  });
});
