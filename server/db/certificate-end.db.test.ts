import { randomUUID } from "node:crypto";
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";

const states = ["issued", "active", "superseded", "revoked", "suspended"] as const;
type State = (typeof states)[number];
type Known = { readonly id: string; device: number; state: State; day: number };

let database: TestDatabase;
let owner: pg.Client;
let tenantId: string;
let devices: readonly string[];

beforeAll(async () => {
  database = await cloneDatabase();
  const tenant = await createTestTenant(database, { slug: "north" });
  ({ tenantId } = tenant);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query("SELECT set_config('app.tenant', $1, false)", [tenantId]);
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO device (tenant_id, device_id, name, profile_id, state, created_by)
     SELECT $1, 'd' || n, 'd' || n, $2, 'active', 't' FROM generate_series(1, 3) n RETURNING id`,
    [tenantId, tenant.profileId],
  );
  devices = rows.map(({ id }) => id);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

const instant = (day: number) => new Date(Date.UTC(2026, 0, day));

async function insert(client: pg.Client, { id, device, state, day }: Known): Promise<void> {
  await client.query(
    `INSERT INTO certificate (tenant_id, id, device_id, sha256, serial, issuer, subject, spki_sha256, key_algorithm,
       not_before, not_after, state, pem, issued_by)
     VALUES ($1, $2, $3, $4, $4, 'i', 's', $4, 'EC', '2025-01-01', $5, $6, 'p', 't')`,
    [tenantId, id, devices[device], randomUUID(), instant(day), state],
  );
}

/** The rule itself: the one in use, else one that waits, else one in its overlap. */
function expectedEnd(known: readonly Known[], device: number): Date | null {
  for (const wanted of ["active", "issued", "superseded"]) {
    const days = known
      .filter((each) => each.device === device && each.state === wanted)
      .map(({ day }) => day);
    if (days.length > 0) return instant(Math.max(...days));
  }
  return null;
}

async function keptEnds(): Promise<readonly (Date | null)[]> {
  const { rows } = await owner.query<{ device_id: string; not_after: Date | null }>(
    "SELECT device_id, not_after FROM device_certificate_end WHERE tenant_id = $1",
    [tenantId],
  );
  return devices.map((id) => rows.find((row) => row.device_id === id)?.not_after ?? null);
}

const change = fc.record({
  kind: fc.constantFrom("insert", "insert", "update", "update", "move", "delete"),
  which: fc.nat(),
  device: fc.integer({ min: 0, max: 2 }),
  state: fc.constantFrom(...states),
  day: fc.integer({ min: 1, max: 28 }),
});

describe("the end of a device's current certificate", () => {
  it("follows every change of its certificates", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
        await owner.query("DELETE FROM certificate");
        const known: Known[] = [];
        for (const { kind, which, device, state, day } of changes) {
          const one = known[which % Math.max(known.length, 1)];
          if (kind === "insert" || one === undefined) {
            known.push({ id: randomUUID(), device, state, day });
            await insert(owner, known.at(-1)!);
          } else if (kind === "delete") {
            known.splice(known.indexOf(one), 1);
            await owner.query("DELETE FROM certificate WHERE id = $1", [one.id]);
          } else {
            Object.assign(one, kind === "move" ? { device } : { state, day });
            await owner.query(
              "UPDATE certificate SET device_id = $2, state = $3, not_after = $4 WHERE id = $1",
              [one.id, devices[one.device], one.state, instant(one.day)],
            );
          }
        }
        expect(await keptEnds()).toEqual([0, 1, 2].map((device) => expectedEnd(known, device)));
      }),
      { numRuns: 25 },
    );
  });

  it("is right when two change certificates of one device at once", async () => {
    await owner.query("DELETE FROM certificate");
    const first = { id: randomUUID(), device: 0, state: "active", day: 5 } as const;
    const second = { id: randomUUID(), device: 0, state: "issued", day: 9 } as const;
    await insert(owner, { ...first });
    await insert(owner, { ...second });
    const other = new pg.Client({ connectionString: database.ownerUrl });
    await other.connect();
    try {
      await owner.query("BEGIN");
      await owner.query("UPDATE certificate SET state = 'revoked' WHERE id = $1", [first.id]);
      const waits = other.query("UPDATE certificate SET not_after = $2 WHERE id = $1", [
        second.id,
        instant(11),
      ]);
      await owner.query("COMMIT");
      await waits;
    } finally {
      await other.end();
    }

    expect((await keptEnds())[0]).toEqual(instant(11));
  });

  it("has the device's key and name beside it, whoever adds it", async () => {
    await owner.query("DELETE FROM certificate");
    await owner.query("DELETE FROM device_certificate_end");
    await owner.query("SELECT set_config('app.tenant', '', false)");
    await insert(owner, { id: randomUUID(), device: 1, state: "active", day: 3 });
    const kept = async () =>
      (
        await owner.query(
          `SELECT e.name, e.device_key = d.key AS "isKey", current_setting('app.tenant') AS within
           FROM device_certificate_end e JOIN device d ON d.id = e.device_id`,
        )
      ).rows;
    const before = await kept();
    await owner.query("UPDATE device SET name = 'new' WHERE id = $1", [devices[1]]);
    const after = await kept();
    await owner.query("UPDATE device SET name = 'd2' WHERE id = $1", [devices[1]]);
    await owner.query("SELECT set_config('app.tenant', $1, false)", [tenantId]);

    expect(before).toEqual([{ name: "d2", isKey: true, within: "" }]);
    expect(after).toEqual([{ name: "new", isKey: true, within: "" }]);
  });

  it("is written by nobody else", async () => {
    await expect(
      database.app.prisma.$executeRaw`DELETE FROM device_certificate_end`,
    ).rejects.toThrow("permission denied");
    await expect(
      database.ingest.prisma.$executeRaw`UPDATE device_certificate_end SET not_after = now()`,
    ).rejects.toThrow("permission denied");
  });

  it("costs a batch as much for its last certificate as for its first", async () => {
    const count = 3_000;
    const tenant = await createTestTenant(database, { slug: "batch" });
    await owner.query("BEGIN");
    try {
      await owner.query("SELECT set_config('app.tenant', $1, true)", [tenant.tenantId]);
      await owner.query(
        `INSERT INTO device (tenant_id, device_id, name, profile_id, state, created_by)
         SELECT $1, 'b' || n, 'b' || n, $2, 'active', 't' FROM generate_series(1, $3::int) n`,
        [tenant.tenantId, tenant.profileId, count],
      );
      await owner.query(
        `INSERT INTO certificate (tenant_id, device_id, sha256, serial, issuer, subject, spki_sha256,
           key_algorithm, not_before, not_after, state, pem, issued_by)
         SELECT tenant_id, id, id::text, '', 'i', 's', id::text, 'EC', '2025-01-01', '2026-01-01', 'active', 'p', 't'
         FROM device WHERE tenant_id = $1`,
        [tenant.tenantId],
      );
      const { rows } = await owner.query<{ read: string; kept: string }>(
        `SELECT (SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables
             WHERE relname = 'device_certificate_end') AS read,
           (SELECT count(*) FROM device_certificate_end WHERE tenant_id = $1) AS kept`,
        [tenant.tenantId],
      );
      expect(Number(rows[0]?.kept)).toBe(count);
      expect(Number(rows[0]?.read)).toBeLessThan(50 * count);
    } finally {
      await owner.query("ROLLBACK");
    }
  });
});
