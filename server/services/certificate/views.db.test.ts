import { randomBytes, randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import {
  nextContactAt,
  standingOf,
  type CertificateStanding,
} from "#server/domain/certificate-standing.ts";
import { criticalAt, overdueAt } from "#server/domain/renewal.ts";
import { exportCertificates } from "#server/services/certificate/export.ts";
import { certificateFacets } from "#server/services/certificate/facets.ts";
import { listCertificates } from "#server/services/certificate/list.ts";
import { certificateRunOut } from "#server/services/certificate/run-out.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

const now = new Date("2026-11-25T12:00:00.000Z");
const dayMs = 86_400_000;
const inDays = (days: number) => new Date(now.getTime() + days * dayMs);
const issuer = "O=Acme, CN=Acme Issuing 1";

type State = "issued" | "active" | "superseded" | "retired" | "suspended" | "revoked";
type Case = {
  readonly name: string;
  readonly state: State;
  readonly from: number;
  readonly until: number;
  /** Day on which it should renew itself; absent: people do it. */
  readonly due?: number;
  readonly standing: CertificateStanding;
};

const cases: readonly Case[] = [
  { name: "fresh by people", state: "active", from: -300, until: 97, standing: "valid" },
  { name: "soon by people", state: "active", from: -60, until: 29, standing: "renew_soon" },
  { name: "critical by people", state: "active", from: -80, until: 10, standing: "critical" },
  { name: "fresh by itself", state: "active", from: -5, until: 85, due: 50, standing: "valid" },
  { name: "due by itself", state: "active", from: -61, until: 29, due: -1, standing: "due" },
  {
    name: "overdue by itself",
    state: "active",
    from: -70,
    until: 20,
    due: -10,
    standing: "overdue",
  },
  {
    name: "critical by itself",
    state: "active",
    from: -76,
    until: 14,
    due: -16,
    standing: "critical",
  },
  { name: "over by itself", state: "active", from: -91, until: -1, due: -31, standing: "expired" },
  { name: "over before its use", state: "issued", from: -91, until: -2, standing: "expired" },
  { name: "unused", state: "issued", from: 0, until: 90, standing: "not_used" },
  { name: "on hold", state: "suspended", from: -10, until: 80, standing: "suspended" },
  { name: "overlap", state: "superseded", from: -80, until: 10, standing: "superseded" },
  { name: "done", state: "retired", from: -80, until: 10, standing: "retired" },
  { name: "dead", state: "revoked", from: -80, until: 10, standing: "revoked" },
];

let database: TestDatabase;
let acme: TestTenant;
let other: TestTenant;
let auditor: Context;

type Seed = Omit<Case, "name" | "standing"> & {
  readonly deviceUuid: string;
  readonly tenantId: string;
};

async function addCertificate(seed: Seed): Promise<string> {
  const id = randomUUID();
  await withTenant({ db: database.app, tenantId: seed.tenantId }, (tx) =>
    tx.certificate.create({
      data: {
        tenantId: seed.tenantId,
        id,
        deviceId: seed.deviceUuid,
        sha256: randomBytes(32).toString("hex"),
        serial: randomBytes(16).toString("hex"),
        issuer,
        subject: "O=Acme, CN=x",
        spkiSha256: randomBytes(32).toString("hex"),
        keyAlgorithm: "EC P-256",
        notBefore: inDays(seed.from),
        notAfter: inDays(seed.until),
        renewalDueAt: seed.due === undefined ? null : inDays(seed.due),
        state: seed.state,
        pem: "",
        issuedBy: "test",
      },
    }),
  );
  return id;
}

async function addDevice(tenant: TestTenant, name: string) {
  const { deviceId } = await createDevice(tenant.ctx("admin"), { name });
  return withTenant({ db: database.app, tenantId: tenant.tenantId }, (tx) =>
    tx.device.findUniqueOrThrow({ where: { deviceId }, select: { id: true, key: true } }),
  );
}

async function textOf(lines: AsyncGenerator<string, void>): Promise<string> {
  let text = "";
  for await (const line of lines) text += line;
  return text;
}

const names = (list: Awaited<ReturnType<typeof listCertificates>>) =>
  list.certificates.map(({ name }) => name);

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  auditor = acme.ctx("auditor", { now: () => now });
  for (const each of cases) {
    const device = await addDevice(acme, each.name);
    await addCertificate({ ...each, deviceUuid: device.id, tenantId: acme.tenantId });
  }
  const foreign = await addDevice(other, "foreign");
  await addCertificate({
    state: "active",
    from: -1,
    until: 5,
    deviceUuid: foreign.id,
    tenantId: other.tenantId,
  });
});
afterAll(() => database.drop());

describe("the inventory of certificates", () => {
  it.each(cases)("$name: $standing, by SQL as by the rule", async (each) => {
    const list = await listCertificates(auditor, {
      filter: { text: each.name, standings: [each.standing] },
    });
    expect(names(list)).toEqual([each.name]);

    const notBefore = inDays(each.from);
    const notAfter = inDays(each.until);
    const dueAt = each.due === undefined ? null : inDays(each.due);
    const facts = {
      state: each.state,
      notAfter,
      dueAt,
      overdueAt: dueAt === null ? null : overdueAt({ notBefore, notAfter, renewalDueAt: dueAt }),
      soonAt: new Date(notAfter.getTime() - 30 * dayMs),
      criticalAt: criticalAt({ notBefore, notAfter }),
    };
    expect(standingOf(facts, now)).toBe(each.standing);
  });

  it("shows by end what counts, the own organisation's only, page by page", async () => {
    const whole = await listCertificates(auditor, { filter: { kinds: ["device"] }, limit: 200 });
    expect(names(whole)).not.toContain("foreign");
    expect(names(whole)).not.toContain("overlap");
    const ends = whole.certificates.map(({ notAfter }) => notAfter);
    expect(ends).toEqual(ends.toSorted());

    for (const sort of ["end", "-end"] as const) {
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listCertificates(auditor, {
          filter: { kinds: ["device"] },
          sort,
          limit: 3,
          ...(cursor !== undefined && { cursor }),
        });
        paged.push(...names(page));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(paged).toEqual(sort === "end" ? names(whole) : names(whole).toReversed());
    }
  });

  it("narrows by days, by text and by fingerprint", async () => {
    const within = await listCertificates(auditor, {
      filter: { withinDays: 20, kinds: ["device"] },
    });
    expect(names(within)).toEqual(["critical by people", "critical by itself"]);
    const ranged = await listCertificates(auditor, {
      filter: { from: "2026-12-15", to: "2026-12-15", kinds: ["device"] },
    });
    expect(names(ranged)).toEqual(["overdue by itself"]);
    const [first] = within.certificates;
    const found = await listCertificates(auditor, {
      filter: { text: first?.sha256.slice(0, 12).toUpperCase() ?? "" },
    });
    expect(names(found)).toEqual(["critical by people"]);
    const strange = await listCertificates(auditor, { filter: { issuers: ["CN=Nobody"] } });
    expect(strange.certificates).toEqual([]);
  });

  it("counts the same by facets and by weeks", async () => {
    const facets = await certificateFacets(auditor, {});
    expect(facets.standings).toMatchObject({ critical: 2, expired: 2, revoked: 1, superseded: 1 });
    expect(facets.issuers).toEqual([{ name: issuer, count: facets.total }]);

    const chart = await certificateRunOut(auditor, { by: "issuer" });
    expect(chart.series).toMatchObject([{ label: "Acme Issuing 1" }]);
    expect(chart.weeks).toHaveLength(53);
    expect(chart.weeks[0]).toEqual({ startsAt: null, counts: [[0, 2]] });
    const sum = chart.weeks.flatMap(({ counts }) => counts.flat()).reduce((a, b) => a + b, 0);
    expect(sum).toBe(10);
    expect(chart).toMatchObject({ byPeopleSoon: 1, lateRenewals: 3 });
  });

  it("knows what ends before its device is expected, and not when a newer one follows", async () => {
    const sleeper = await addDevice(acme, "sleeper");
    await withTenant({ db: database.app, tenantId: acme.tenantId }, (tx) =>
      tx.profile.update({
        where: { tenantId_id: { tenantId: acme.tenantId, id: acme.profileId } },
        data: { expectedContactSeconds: 30 * 86_400 },
      }),
    );
    await database.ingest.pool.query(
      "INSERT INTO device_status (tenant_id, device_key, last_message_at) VALUES ($1, $2, $3)",
      [acme.tenantId, sleeper.key, inDays(-10)],
    );
    const at = {
      deviceUuid: sleeper.id,
      tenantId: acme.tenantId,
      state: "active" as const,
      from: -60,
    };
    const before = () => listCertificates(auditor, { filter: { beforeContact: true } });
    await addCertificate({ ...at, until: 15 });

    const [found] = (await before()).certificates;

    const seen = {
      connected: false,
      lastContactAt: inDays(-10),
      expectedContactSeconds: 30 * 86_400,
    };
    expect(found).toMatchObject({
      name: "sleeper",
      nextContactAt: nextContactAt(seen, now)?.toISOString(),
    });
    await addCertificate({ ...at, state: "issued", until: 90 });
    expect((await before()).certificates).toEqual([]);
  });

  it("is exported as it is listed, without formulas, and the audit trail knows", async () => {
    await addCertificate({
      state: "active",
      from: -1,
      until: 60,
      tenantId: acme.tenantId,
      deviceUuid: (await addDevice(acme, "=1+1")).id,
    });
    const { lines } = await exportCertificates(auditor, {
      filter: { text: "=1+1" },
      format: "csv",
    });
    const csv = await textOf(lines);
    expect(csv).toMatch(/^kind,id,name/);
    expect(csv).toContain(",'=1+1,");
    const ndjson = await exportCertificates(auditor, { format: "ndjson", filter: {} });
    const documents = (await textOf(ndjson.lines)).trim().split("\n");
    expect(documents.length).toBeGreaterThan(10);
    const event = await withTenant(auditor, (tx) =>
      tx.auditEvent.findFirst({
        where: { tenantId: acme.tenantId, actionCode: "certificate.export" },
        select: { payload: true },
      }),
    );
    expect(event?.payload).toMatchObject({ format: "csv", certificates: 1 });
  });

  it("shows the installation's own certificates to who may see authorities", async () => {
    await database.ingest.pool.query(
      `INSERT INTO certificate_authority (sha256, kind, subject, pem, not_before, not_after)
       VALUES ('aa', 'issuing', 'CN=Issuing', '', $1, $2)`,
      [inDays(-1_400), inDays(300)],
    );
    const filter = { kinds: ["issuing" as const] };
    const list = await listCertificates(auditor, { filter });
    expect(list.certificates).toMatchObject([{ name: "CN=Issuing", standing: "renew_soon" }]);
    const viewer = await listCertificates(acme.ctx("viewer", { now: () => now }), { filter });
    expect(viewer.certificates).toEqual([]);
  });
});

describe("with thirty thousand certificates", () => {
  const many = 30_000;
  const devices = 1_000;
  let crowd: TestTenant;

  beforeAll(async () => {
    crowd = await createTestTenant(database, { slug: "crowd" });
    // As the owner, without looking at each row's keys: what is read is tested here.
    const client = new pg.Client({ connectionString: database.ownerUrl });
    await client.connect();
    try {
      await client.query("SET session_replication_role = replica");
      await client.query(
        `INSERT INTO device (tenant_id, id, device_id, name, profile_id, created_by)
         SELECT $1, md5('d' || n)::uuid, 'crowd-' || n, 'Crowd ' || n, $2, 'test'
         FROM generate_series(0, $3::int - 1) n`,
        [crowd.tenantId, crowd.profileId, devices],
      );
      await client.query(
        `INSERT INTO certificate (tenant_id, device_id, sha256, serial, issuer, subject, spki_sha256,
           key_algorithm, not_before, not_after, state, pem, issued_by, renewal_due_at)
         SELECT $1, md5('d' || n % $5::int)::uuid, md5('a' || n) || md5('b' || n), md5('s' || n), $3,
           'CN=crowd-' || n, md5('k' || n), 'EC P-256', $4::timestamptz + n * interval '1 minute' - interval '90 days',
           $4::timestamptz + n * interval '1 minute', 'active', '', 'test',
           $4::timestamptz + n * interval '1 minute' - interval '30 days'
         FROM generate_series(1, $2::int) n`,
        [crowd.tenantId, many, issuer, now, devices],
      );
      await client.query("ANALYZE certificate");
      await client.query("ANALYZE device");
    } finally {
      await client.end();
    }
  }, 120_000);

  it("answers a page, a narrowed page and a late page at once, and counts in bounded time", async () => {
    const ctx = crowd.ctx("admin", { now: () => now });
    const timed = async <T>(work: () => Promise<T>): Promise<readonly [T, number]> => {
      const startedAt = performance.now();
      const value = await work();
      return [value, performance.now() - startedAt];
    };
    const [first, firstMs] = await timed(() => listCertificates(ctx, { limit: 100 }));
    const [critical, criticalMs] = await timed(() =>
      listCertificates(ctx, { filter: { standings: ["critical"] }, limit: 100 }),
    );
    const [, textMs] = await timed(() =>
      listCertificates(ctx, { filter: { text: "crowd-99999" } }),
    );
    const [late, lateMs] = await timed(() =>
      listCertificates(ctx, { filter: { kinds: ["device"] }, sort: "-end", limit: 100 }),
    );
    const [facets, facetsMs] = await timed(() => certificateFacets(ctx, {}));
    const [chart, chartMs] = await timed(() => certificateRunOut(ctx, {}));

    expect(first.matching).toEqual({ count: 10_000, more: true });
    expect(critical.certificates).toHaveLength(100);
    expect(late.certificates[0]?.name).toBe(`Crowd ${many % devices}`);
    expect(facets.kinds.device).toBe(many);
    expect(chart.weeks.flatMap(({ counts }) => counts.flat()).reduce((a, b) => a + b, 0)).toBe(
      facets.total,
    );
    expect(Math.max(firstMs, criticalMs, lateMs)).toBeLessThan(2_000);
    expect(Math.max(textMs, facetsMs, chartMs)).toBeLessThan(4_000);
  });
});
