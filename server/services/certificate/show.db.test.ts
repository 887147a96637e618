import { afterAll, beforeAll, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import { cryptoInventory } from "#server/services/certificate/crypto-inventory.ts";
import { issueWithKey } from "#server/services/certificate/issue-with-key.ts";
import { showCertificate } from "#server/services/certificate/show.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import type { ServiceError } from "#server/services/errors.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let admin: Context;
let certificateId: string;
let sha256: string;

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  acme = await createTestTenant(database, { slug: "acme" });
  admin = acme.ctx("admin", { signer: ca.signer });
  await recordAuthorities(database.app, ca.dataDir);
  const { deviceId } = await createDevice(admin, { name: "Shown pump" });
  const issued = await issueWithKey(admin, { deviceId });
  certificateId = issued.certificateId;
  sha256 = issued.sha256;
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

it("a certificate is shown with its chain, its extensions in words and its record", async () => {
  const { key } = await withTenant(admin, (tx) =>
    tx.device.findFirstOrThrow({ select: { key: true } }),
  );
  await database.ingest.pool.query(
    `INSERT INTO device_connection_event (tenant_id, device_key, at, kind, remote_address, client_id, protocol, certificate_sha256)
     VALUES ($1, $2, now(), 'connected', '192.0.2.1', 'x', 'mqtt 5', $3)`,
    [acme.tenantId, key, sha256],
  );

  const shown = await showCertificate(admin, { certificateId });

  expect(shown).toMatchObject({
    id: certificateId,
    standing: "not_used",
    key: { bits: 128, standing: "good" },
    device: { name: "Shown pump" },
    follows: null,
    sharesKeyWith: [],
  });
  expect(shown.chain.map(({ kind }) => kind)).toEqual(["issuing", "root"]);
  expect(shown.names).toContainEqual(expect.stringMatching(/^url:urn:uuid:/));
  const words = shown.extensions.flatMap(({ says }) => says.map(({ text }) => text));
  expect(words).toContain("It may prove a client in TLS.");
  expect(shown.use.connections).toMatchObject([{ remoteAddress: "192.0.2.1" }]);
  expect(shown.use.audit).toMatchObject([{ action: "certificate.issueWithKey" }]);
});

it("another organisation's certificate is not found, and a viewer sees no audit trail", async () => {
  const other = await createTestTenant(database, { slug: "other" });
  await expect(showCertificate(other.ctx("admin"), { certificateId })).rejects.toThrow(
    expect.objectContaining({ code: "not_found" }) as ServiceError,
  );
  const seen = await showCertificate(acme.ctx("viewer"), { certificateId });
  expect(seen.use.audit).toBeNull();
});

it("the inventory of cryptography counts keys and signatures and finds a shared key", async () => {
  const { deviceId } = await createDevice(admin, { name: "Twin pump" });
  const twin = await issueWithKey(admin, { deviceId });
  await withTenant(admin, async (tx) => {
    const { spkiSha256 } = await tx.certificate.findFirstOrThrow({ where: { id: certificateId } });
    await tx.certificate.update({
      where: { tenantId_id: { tenantId: acme.tenantId, id: twin.certificateId } },
      data: { spkiSha256, keyAlgorithm: "RSA 2048" },
    });
  });

  const { entries, findings } = await cryptoInventory(admin, {});

  expect(entries).toContainEqual(
    expect.objectContaining({ use: "device_key", algorithm: "EC P-256", count: 1, bits: 128 }),
  );
  expect(entries).toContainEqual(
    expect.objectContaining({ use: "signature", algorithm: "ECDSA with SHA-256", count: 2 }),
  );
  expect(entries.map(({ use }) => use)).toContain("authority_key");
  expect(findings.map(({ severity }) => severity)).toEqual(["critical", "warning"]);
  expect(findings[0]?.devices).toContain(deviceId);
});
