import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "#server/db/client.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "#server/db/embedded.ts";
import { migrate } from "#server/db/migrate.ts";
import { operatorTenant } from "#server/db/operator-tenant.ts";
import { withInstallation, withTenant } from "#server/db/tenant.ts";
import { ensureFirstAdmin } from "#server/services/auth/ensure-first-admin.ts";
import { needsSetup } from "#server/services/auth/issue-setup-token.ts";
import { createPassword } from "#server/services/device/create-password.ts";
import { createSasKey } from "#server/services/device/create-sas-key.ts";
import { createDevice } from "#server/services/device/create.ts";
import { systemContext } from "#server/services/system-context.ts";
import { createTenant } from "#server/services/tenant/create.ts";
import { claimDevice } from "#server/services/transfer/claim.ts";
import { inspectOffer } from "#server/services/transfer/inspect.ts";
import { offerDevice } from "#server/services/transfer/offer.ts";
import { testKeyring } from "#server/testing/database.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";

describe("a database of one's own, whose owner is no superuser", () => {
  let folder: string;
  let server: EmbeddedPostgres;
  let ownerUrl: string;
  let app: Database;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "external-"));
    chmodSync(folder, 0o755);
    server = await startEmbeddedPostgres({
      dir: path.join(folder, "pg"),
      password: "p",
      settings: ["fsync=off"],
    });
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query("CREATE ROLE harbour LOGIN CREATEROLE NOSUPERUSER PASSWORD 'harbour'");
    await client.query("CREATE DATABASE harbour OWNER harbour");
    await client.end();
    const url = new URL(server.url);
    url.username = "harbour";
    url.password = "harbour";
    url.pathname = "/harbour";
    ownerUrl = url.toString();
  });
  afterAll(async () => {
    await app?.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is migrated, and again without change", async () => {
    const passwords = { app: "a", ingest: "i" };

    const first = await migrate({ ownerUrl, passwords });
    const second = await migrate({ ownerUrl, passwords });

    expect(first.applied).not.toEqual([]);
    expect(second.applied).toEqual([]);
    app = openDatabase({ url: first.appUrl, max: 2 });
  });

  it("shows an organisation its own telemetry through the view", async () => {
    const { tenantId, profileId } = await createTenant(app, { slug: "a", name: "A" });
    const other = await createTenant(app, { slug: "b", name: "B" });
    const device = await withTenant({ db: app, tenantId }, (tx) =>
      tx.device.create({
        data: { tenantId, deviceId: "d", name: "d", profileId, createdBy: "test" },
      }),
    );
    const owner = new pg.Client({ connectionString: ownerUrl });
    await owner.connect();
    await owner.query(
      `INSERT INTO telemetry.reading VALUES (${device.key}, now(), 1, now(), 1, 0, '{1}', NULL)`,
    );
    await owner.end();
    const count = (id: string) =>
      withTenant(
        { db: app, tenantId: id },
        (tx) => tx.$queryRaw`SELECT count(*)::int AS n FROM telemetry.visible_reading`,
      );

    expect(await count(tenantId)).toEqual([{ n: 1 }]);
    expect(await count(other.tenantId)).toEqual([{ n: 0 }]);
  });

  it("moves a device and its credentials to the organisation that presents its code", async () => {
    const from = await createTenant(app, { slug: "from", name: "From" });
    const to = await createTenant(app, { slug: "to", name: "To" });
    const context = (tenantId: string) =>
      systemContext(
        {
          db: app,
          now: () => new Date(),
          keyring: testKeyring,
          signer: absentSigner(),
        },
        { tenantId, name: "test" },
      );
    const giver = context(from.tenantId);
    const taker = context(to.tenantId);
    await createDevice(giver, { name: "Pump", deviceId: "pump" });
    await createSasKey(giver, { deviceId: "pump", slot: "primary" });
    await createPassword(giver, { deviceId: "pump" });
    const { code } = await offerDevice(giver, { deviceId: "pump", kind: "transfer" });

    expect(await inspectOffer(taker, { code })).toMatchObject({ deviceId: "pump", from: "From" });
    expect(await claimDevice(taker, { code })).toMatchObject({ from: "From", credentials: 2 });

    const ids = (tenantId: string) =>
      withTenant({ db: app, tenantId }, (tx) => tx.device.findMany({ select: { deviceId: true } }));
    expect(await ids(from.tenantId)).toEqual([{ deviceId: "pump.transferred-1" }]);
    expect(await ids(to.tenantId)).toEqual([{ deviceId: "pump" }]);
  });

  it("finds a device by the end of its certificate, and by its new name", async () => {
    const { tenantId, profileId } = await createTenant(app, { slug: "c", name: "C" });
    const ends = await withTenant({ db: app, tenantId }, async (tx) => {
      const { id } = await tx.device.create({
        data: { tenantId, deviceId: "c-1", name: "c", profileId, createdBy: "test" },
      });
      const used = { serial: "1", issuer: "i", subject: "s", keyAlgorithm: "P-256", pem: "" };
      const times = { notBefore: new Date(0), notAfter: new Date(1_000) };
      const named = { sha256: "c", spkiSha256: "c", issuedBy: "test", state: "active" } as const;
      await tx.certificate.create({
        data: { tenantId, deviceId: id, ...used, ...times, ...named },
      });
      await tx.device.update({ where: { tenantId_id: { tenantId, id } }, data: { name: "new" } });
      return tx.deviceCertificateEnd.findMany({ select: { name: true, notAfter: true } });
    });

    expect(ends).toEqual([{ name: "new", notAfter: new Date(1_000) }]);
  });

  it("knows whether anybody has an account, before anyone is signed in", async () => {
    expect(await needsSetup(app)).toBe(true);
    const admin = { email: "mara@example.com", password: "copper lantern drifts north" };
    await ensureFirstAdmin(app, admin);

    expect(await needsSetup(app)).toBe(false);
    expect(await withInstallation(app, operatorTenant)).toBeDefined();
  });
});
