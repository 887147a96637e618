import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findPkiAuthorities } from "#server/db/find-pki-authorities.ts";
import { readListRequest } from "#server/db/read-list-request.ts";
import { withTenant } from "#server/db/tenant.ts";
import { publishIfDue } from "#server/jobs/crl-publish.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import { listCrls } from "#server/services/revocation-list/list.ts";
import { publishCrls } from "#server/services/revocation-list/publish.ts";
import { readCrlFile } from "#server/services/revocation-list/read.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";
import { waitForControl } from "#server/testing/wait-for-control.ts";

let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let other: TestTenant;
let issuerSha256: string;

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  acme = await createTestTenant(database, { slug: "acme", operator: true });
  other = await createTestTenant(database, { slug: "other" });
  await recordAuthorities(database.app, ca.dataDir);
  const found = await findPkiAuthorities(database.ingest);
  issuerSha256 = found.find(({ kind }) => kind === "issuing")?.sha256 ?? "";
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

async function publish(): Promise<void> {
  const [authority] = (await findPkiAuthorities(database.ingest)).filter(
    ({ kind }) => kind === "issuing",
  );
  if (authority === undefined) throw new Error("There is no issuing CA.");
  const parts = {
    db: database.ingest,
    signer: ca.signer,
    dataDir: ca.dataDir,
    pkiUrl: "http://pki.example:8880",
    now: () => new Date(),
    log: pino({ level: "silent" }),
  };
  await publishIfDue(parts, { authority, askedAt: await readListRequest(database.ingest) });
}

const person = { actor: { type: "token", id: randomUUID(), name: "desk" } } as const;

describe("lists of revoked certificates", () => {
  it("are shown with their age, address and size once there are some", async () => {
    const none = await listCrls(acme.ctx("operator"), {});
    expect(none).toMatchObject([{ issuerSha256, isKept: true, ocspUrl: null, lists: [] }]);
    await expect(readCrlFile(acme.ctx("operator"), { issuerSha256 })).rejects.toMatchObject({
      code: "not_found",
    });

    await publish();
    await publish();
    const url = `http://pki.example:8880/crl/${issuerSha256}`;
    const common = { number: "2", entries: 0, health: "current" };
    expect(await listCrls(other.ctx("auditor"), {})).toMatchObject([
      {
        state: "active",
        ocspUrl: "http://pki.example:8880/ocsp",
        lists: [
          { ...common, kind: "full", baseNumber: null, url: `${url}.crl` },
          { ...common, kind: "delta", baseNumber: "1", url: `${url}-delta.crl` },
        ],
      },
    ]);
    const file = await readCrlFile(acme.ctx("auditor"), { issuerSha256, kind: "delta" });
    expect(file).toMatchObject({ name: `${issuerSha256.slice(0, 8)}-delta.crl`, number: "2" });
    expect(file.der[0]).toBe(0x30);
  });

  it("that nobody made anew are late, then expired", async () => {
    const healthAt = async (hours: number) => {
      const now = () => new Date(Date.now() + hours * 3_600_000);
      const [issuer] = await listCrls(acme.ctx("operator", { now }), {});
      return issuer?.lists[0]?.health;
    };
    expect([await healthAt(1), await healthAt(58), await healthAt(24 * 7 + 1)]).toEqual([
      "current",
      "late",
      "expired",
    ]);
  });

  it("are made anew when the organisation that runs the installation asks, with its record", async () => {
    const told = await waitForControl(database);
    await publishCrls(acme.ctx("admin", person), {});
    expect(await told.next()).toEqual({ kind: "revocation", tenantId: acme.tenantId });
    await told.stop();
    const event = await withTenant({ db: database.app, tenantId: acme.tenantId }, (tx) =>
      tx.auditEvent.findFirst({ where: { tenantId: acme.tenantId }, orderBy: { seq: "desc" } }),
    );
    expect(event).toMatchObject({
      actionCode: "revocationList.publish",
      target: "revocation-lists",
      outcome: "done",
    });
    await publish();
    const [issuer] = await listCrls(acme.ctx("operator"), {});
    expect(issuer?.lists[0]?.number).toBe("3");
  });

  it("are not made anew for another organisation, nor by a role that may not", async () => {
    const forbidden = { code: "forbidden" };
    await expect(publishCrls(other.ctx("admin", person), {})).rejects.toMatchObject(forbidden);
    await expect(publishCrls(acme.ctx("operator", person), {})).rejects.toMatchObject(forbidden);
    await expect(listCrls(acme.ctx("viewer"), {})).rejects.toMatchObject(forbidden);
  });

  it.each([
    [{ issuerSha256: "../etc" }, "invalid"],
    [{ issuerSha256: "0".repeat(64), kind: "half" as "full" }, "invalid"],
    [{ issuerSha256: "0".repeat(64) }, "not_found"],
  ])("%j is %s", async (input, code) => {
    await expect(readCrlFile(acme.ctx("operator"), input)).rejects.toMatchObject({ code });
  });
});
