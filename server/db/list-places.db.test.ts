import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findTextPlace } from "#server/db/find-device-text.ts";
import { listDevicePage, type DeviceListAfter, type FleetRow } from "#server/db/list-devices.ts";
import type { ResolvedTest } from "#server/db/resolve-fleet-filter.ts";
import { withTenant } from "#server/db/tenant.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";

/** Of few characters, so that places meet: before, at and behind digits, and of any length up to 20. */
const names = fc.sample(
  fc.oneof(
    fc.string({
      unit: fc.constantFrom(
        "p",
        "u",
        "m",
        "P",
        "0",
        "9",
        ":",
        "/",
        " ",
        "ö",
        "\u0001",
        "\u{10ffff}",
      ),
      minLength: 1,
      maxLength: 20,
    }),
    fc.constantFrom(
      "Pump 1",
      "Pump 2",
      "Pump",
      "Pump-A",
      "Pumpenhaus Nordost",
      "Pumpenhaus Nordost 7",
    ),
  ),
  { numRuns: 400, seed: 7 },
);

let database: TestDatabase;
let tenantId: string;

beforeAll(async () => {
  database = await cloneDatabase();
  const tenant = await createTestTenant(database, { slug: "northwind" });
  const other = await createTestTenant(database, { slug: "southwind" });
  ({ tenantId } = tenant);
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  try {
    for (const { tenantId: id, profileId } of [tenant, other]) {
      await owner.query(
        `INSERT INTO device (tenant_id, device_id, name, profile_id, serial, created_by)
         SELECT $1::uuid, left($1::uuid::text, 8) || '-' || n, name, $2, CASE WHEN n % 40 = 0 THEN 'PUM-' || n ELSE '' END, 't'
         FROM unnest($3::text[]) WITH ORDINALITY AS made (name, n)`,
        [id, profileId, id === tenantId ? names : ["Other pump 1", "Apump"]],
      );
    }
  } finally {
    await owner.end();
  }
});
afterAll(() => database.drop());

/** All pages of a filter: `keys` null is how a text is known to occur in many devices. */
async function listed(
  texts: readonly string[],
  page: { readonly by: "name" | "created"; readonly descending: boolean; readonly limit: number },
): Promise<string[]> {
  const tests = texts.map((text): ResolvedTest => {
    return { kind: "text", text, keys: null, negated: false };
  });
  const filter = { tests, decommissioned: false, unknown: [] };
  return withTenant(
    { db: database.app, tenantId },
    async (tx) => {
      const found: FleetRow[] = [];
      let rows: readonly FleetRow[];
      do {
        const last = found.at(-1);
        const after: DeviceListAfter | null =
          last === undefined ? null : { by: page.by, name: last.name, key: last.key };
        rows = await listDevicePage(tx, { ...page, filter, after, tenantId, now: new Date() });
        found.push(...rows);
      } while (rows.length === page.limit);
      return found.map(({ name, key }) => `${name} ${key}`);
    },
    { parallel: false },
  );
}

const texts = fc.subarray(["pum", "PUMP", "mpu", "upm", "umpenhaus", "pump 1", "northwind"], {
  minLength: 1,
  maxLength: 2,
});

describe("a text that occurs in many devices", () => {
  it("is found from place to place as it is in the order of creation", async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 5, max: 60 }), async (wanted, limit) => {
        const whole = { descending: false, limit: 500 } as const;
        const plain = await listed(wanted, { ...whole, by: "created" });
        const forwards = await listed(wanted, { by: "name", descending: false, limit });
        const backwards = await listed(wanted, { by: "name", descending: true, limit });

        expect(forwards.toSorted()).toEqual(plain.toSorted());
        expect(backwards).toEqual(forwards.toReversed());
      }),
      { numRuns: 20 },
    );
  });

  it("is looked for where its letters stand, of one organisation, and nowhere else", async () => {
    const place = (text: string, from: string | null, backwards: boolean) =>
      withTenant({ db: database.app, tenantId }, (tx) =>
        findTextPlace(tx, [text], { from, backwards }),
      );

    expect(await place("penhaus", null, false)).toEqual({
      first: "Pumpenhaus Nordo",
      beyond: "Pumpenhaus Nordo\u{10ffff}",
    });
    expect(await place("penhaus", "Pumpenhaus Nordo\u{10ffff}", false)).toBeUndefined();
    expect(await place("ump 2", "Pump ", false)).toEqual({ first: "Pump 0", beyond: "Pump :" });
    expect(await place("other", "0", true)).toBeUndefined();
    expect(await place("12", null, false)).toEqual({ first: "", beyond: null });
  });

  it("needs no keys where there are more than are wanted", async () => {
    const keys = (most: number) =>
      withTenant(
        { db: database.app, tenantId },
        (tx) =>
          tx.$queryRaw`SELECT cardinality(telemetry.find_rare_text('%PUM-%', ${most}::int, null)) AS n`,
      );

    expect(await keys(9)).toEqual([{ n: null }]);
    expect(await keys(10)).toEqual([{ n: 10 }]);
  });
});
