import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "#server/db/client.ts";
import { findPkiAuthorities, type PkiAuthority } from "#server/db/find-pki-authorities.ts";
import { holdListLock } from "#server/db/hold-list-lock.ts";
import { readNewestList } from "#server/db/read-revocation-list.ts";
import { publishIfDue, type PublishParts } from "#server/jobs/crl-publish.ts";
import { startCrlPublisher } from "#server/jobs/crl-publisher.ts";
import { walkEntries } from "#server/pki/crl-entries.ts";
import { readCrl } from "#server/pki/crl.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

const start = Date.parse("2026-11-20T12:00:00Z");
const hourMs = 3_600_000;
const at = { ms: start };
let database: TestDatabase;
let owner: pg.Client;
let ca: TestSigner;
let acme: TestTenant;
let authority: PkiAuthority;
let parts: PublishParts;
let deviceId: string;

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  ca = await createTestSigner(() => new Date(start - hourMs));
  await recordAuthorities(database.app, ca.dataDir);
  acme = await createTestTenant(database, { slug: "acme" });
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO device (tenant_id, device_id, name, profile_id, created_by)
     VALUES ($1, 'pump', 'pump', $2, 'test') RETURNING id`,
    [acme.tenantId, acme.profileId],
  );
  deviceId = rows[0]?.id ?? "";
  const found = (await findPkiAuthorities(database.ingest)).find(({ kind }) => kind === "issuing");
  if (found === undefined) throw new Error("There is no issuing CA.");
  authority = found;
  parts = {
    db: database.ingest,
    signer: ca.signer,
    dataDir: ca.dataDir,
    pkiUrl: "http://pki.example",
    now: () => new Date(at.ms),
    log: pino({ level: "silent" }),
  };
});
afterAll(async () => {
  await owner.end();
  ca.remove();
  await database.drop();
});
beforeEach(async () => {
  at.ms = start;
  await owner.query("DELETE FROM certificate_revocation_list");
  await owner.query("DELETE FROM certificate");
});

/** Of the CA, as the registry keeps it. */
async function certificate(serial: string, state: string, notAfter = start + 90 * 24 * hourMs) {
  await owner.query(
    `INSERT INTO certificate (tenant_id, device_id, sha256, serial, issuer, subject, spki_sha256, key_algorithm,
       not_before, not_after, state, pem, issued_by, revoked_at, revocation_reason)
     VALUES ($1, $2, $3, $4, $5, '', '', '', $6, $7, $8::"CertificateState", '', 'test', $6, 'key_compromise')`,
    [
      acme.tenantId,
      deviceId,
      randomUUID(),
      serial,
      authority.subject,
      new Date(start),
      new Date(notAfter),
      state,
    ],
  );
}

const publish = (more: Partial<PublishParts> = {}, askedAt?: Date) =>
  publishIfDue({ ...parts, ...more }, { authority, askedAt });

async function newest(kind: "full" | "delta" = "full") {
  const list = await readNewestList(database.ingest, { issuerSha256: authority.sha256, kind });
  if (list === undefined) throw new Error("There is no list.");
  const content = readCrl(list.der);
  const serials = Array.from(walkEntries(content.entries), ({ serial }) => serial);
  return { ...list, ...content, serials };
}

describe("publishing", () => {
  it("happens at the start, at a change, at a third of the life, when asked, and no more", async () => {
    expect(await publish()).toEqual({ cause: "missing", number: 1n });
    expect(await publish()).toEqual({ cause: "missing", number: 2n });
    expect(await publish()).toBeUndefined();
    await certificate("0a", "revoked");
    await certificate("0b", "active");
    expect(await publish()).toEqual({ cause: "change", number: 3n });
    expect(await newest()).toMatchObject({
      serials: ["0a"],
      urls: [`http://pki.example/crl/${authority.sha256}.crl`],
    });
    expect(await newest("delta")).toMatchObject({ serials: ["0a"], baseNumber: 1n, number: 3n });
    at.ms += 56 * hourMs;
    expect(await publish()).toEqual({ cause: "age", number: 4n });
    // Who has any list of the last 56 hours gets by with the delta.
    expect(await newest("delta")).toMatchObject({ serials: [], baseNumber: 3n });
    at.ms += hourMs;
    expect(await publish({}, new Date(at.ms - 1))).toEqual({ cause: "asked", number: 5n });
    const { rows } = await owner.query(
      "SELECT kind, count(*)::int AS kept FROM certificate_revocation_list GROUP BY kind ORDER BY kind",
    );
    expect(rows).toEqual([
      { kind: "delta", kept: 3 },
      { kind: "full", kept: 3 },
    ]);
  });

  it("names who expired once more, and then not", async () => {
    await publish();
    await certificate("0a", "revoked", start + hourMs);
    await publish();
    at.ms += 2 * hourMs;
    await publish({}, new Date(at.ms - 1));
    expect((await newest()).serials).toEqual(["0a"]);
    at.ms += hourMs;
    await publish();
    expect((await newest()).serials).toEqual([]);
    expect((await newest("delta")).serials).toEqual([]);
  });

  it("names what the registry holds for now, and claim certificates", async () => {
    await certificate("0c", "suspended");
    const { csrPem } = await makeKeyAndRequest();
    const claim = await ca.signer.sign({
      kind: "claim",
      csrPem,
      publicId: "en-abcdefgh23",
      credentialId: randomUUID(),
      organisation: "Acme",
      days: 30,
    });
    const { rows } = await owner.query<{ id: string }>(
      `INSERT INTO enrolment_group (tenant_id, public_id, name, kind, created_by)
       VALUES ($1, 'g', 'g', 'claim', 'test') RETURNING id`,
      [acme.tenantId],
    );
    await owner.query(
      `INSERT INTO enrolment_credential (tenant_id, group_id, kind, name, sha256, pem, expires_at, created_by, revoked_at)
       VALUES ($1, $2, 'certificate', 'c', 's', $3, $4, 'test', $5)`,
      [acme.tenantId, rows[0]?.id, claim.certificatePem, new Date(start), new Date(start)],
    );
    await publish();
    const { serials } = await newest();
    expect(serials).toHaveLength(2);
    expect(serials[0]).toBe("0c");
    await owner.query("DELETE FROM enrolment_credential");
  });

  it("goes on naming the address of before, because certificates carry it", async () => {
    await publish();
    await publish({ pkiUrl: "http://new.example" });
    expect((await newest()).urls.map((url) => new URL(url).host)).toEqual([
      "new.example",
      "pki.example",
    ]);
  });
});

describe("numbers never go back", () => {
  it("nor does a list run out, when the clock goes back or forth two hours", async () => {
    await publish();
    await publish();
    at.ms -= 2 * hourMs;
    expect(await publish()).toEqual({ cause: "clock", number: 3n });
    const back = await newest();
    expect(back.nextUpdate.getTime()).toBeGreaterThan(start);
    expect(await publish()).toBeUndefined();
    at.ms += 4 * hourMs;
    await certificate("0a", "revoked");
    expect(await publish()).toMatchObject({ number: 4n });
    // Whose clock is right takes it all the same.
    expect((await newest()).thisUpdate.getTime()).toBeLessThan(start);
  });

  it("when the database was put back, or a signature came to nothing", async () => {
    const publisher = startCrlPublisher({ ...parts, onAges: () => undefined, gatherMs: 1 });
    await expect.poll(async () => (await newest("delta")).number, { interval: 20 }).toBe(2n);
    await publisher.stop();
    await owner.query("DELETE FROM certificate_revocation_list");
    expect(await publish()).toMatchObject({ number: 3n });
    rmSync(path.join(ca.dataDir, "pki/crl"), { recursive: true });
  });

  it("with two workers at once", async () => {
    const both = await Promise.all(
      [1, 2].map(() => holdListLock(database.ingest, authority.sha256, () => publish())),
    );
    expect(both.filter((each) => each !== undefined)).toHaveLength(1);
    const { rows } = await owner.query("SELECT number FROM certificate_revocation_list");
    expect(rows).toEqual([{ number: "1" }]);
  });
});

describe("when it cannot be done", () => {
  it("the signer being away, the old list stays, and the next one has all", async () => {
    await publish();
    await certificate("0a", "revoked");
    await expect(publish({ signer: absentSigner() })).rejects.toThrow(/no signer/);
    expect((await newest()).number).toBe(1n);
    await publish();
    expect(await newest()).toMatchObject({ number: 2n, serials: ["0a"] });
  });

  it("the database being read-only, the old list stays", async () => {
    await publish();
    const name = new URL(database.ownerUrl).pathname.slice(1);
    await owner.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
    const readOnly = openDatabase({ url: database.ingestUrl, max: 2 });
    await expect(publish({ db: readOnly })).rejects.toThrow(/read-only/);
    await readOnly.close();
    await owner.query(`ALTER DATABASE "${name}" RESET default_transaction_read_only`);
    expect((await newest()).number).toBe(1n);
  });

  it("the files cannot be written, the list is published all the same, and its age is told", async () => {
    const folder = path.join(ca.dataDir, "pki/crl");
    mkdirSync(path.dirname(folder), { recursive: true });
    writeFileSync(folder, "no folder");
    const ages: number[] = [];
    const publisher = startCrlPublisher({
      ...parts,
      onAges: (told) => ages.push(told.length),
      gatherMs: 1,
    });
    await expect.poll(() => ages.at(-1), { interval: 20 }).toBe(2);
    await publisher.stop();
    expect((await newest("delta")).number).toBe(2n);
    rmSync(folder);
  });
});

it("a hundred thousand revoked certificates are on a list within seconds", async () => {
  await owner.query(
    `INSERT INTO certificate (tenant_id, device_id, sha256, serial, issuer, subject, spki_sha256, key_algorithm,
       not_before, not_after, state, pem, issued_by, revoked_at, revocation_reason)
     SELECT $1, $2, 'h' || n, md5(n::text), $3, '', '', '', $4, $5, 'revoked', '', 'test', $4, 'key_compromise'
     FROM generate_series(1, 100000) AS n`,
    [
      acme.tenantId,
      deviceId,
      authority.subject,
      new Date(start),
      new Date(start + 90 * 24 * hourMs),
    ],
  );
  const startedAt = performance.now();
  expect(await publish()).toMatchObject({ number: 1n });
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(await newest()).toMatchObject({ serials: { length: 100_000 } });
});
