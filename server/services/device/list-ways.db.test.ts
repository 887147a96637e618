import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everyDevice, type FleetFilter, type FleetSort } from "#server/domain/fleet-filter.ts";
import { listDevices } from "#server/services/device/list.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let tenant: TestTenant;
let profiles: readonly string[];

beforeAll(async () => {
  database = await cloneDatabase();
  tenant = await createTestTenant(database, { slug: "northwind" });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  try {
    profiles = await furnish(owner, tenant);
  } finally {
    await owner.end();
  }
});
afterAll(() => database.drop());

/** Devices of which many have the same name, and every tag, presence and profile with every other. */
async function furnish(owner: pg.Client, { tenantId, profileId }: TestTenant): Promise<string[]> {
  const other = await owner.query<{ id: string }>(
    `INSERT INTO profile (tenant_id, name, schema_id)
     SELECT tenant_id, 'other', schema_id FROM profile WHERE id = $1 RETURNING id`,
    [profileId],
  );
  const ids = [profileId, ...other.rows.map(({ id }) => id)];
  await owner.query(
    `INSERT INTO device (tenant_id, device_id, name, profile_id, state, serial, tags, created_by)
     SELECT $1, 'dev-' || n, (ARRAY['Pump 1', 'Pump 2', 'pump', 'Valve', 'Heat pump 7', 'Ölpumpe 3', '9 Pump'])[1 + n * 31 % 7],
       ($2::uuid[])[1 + n % 3 % 2], (CASE WHEN n % 13 = 0 THEN 'decommissioned' ELSE 'active' END)::"DeviceState",
       CASE WHEN n % 5 = 0 THEN 'Valve-' || n ELSE '' END,
       array_remove(ARRAY[CASE WHEN n % 2 = 0 THEN 'roof' END, CASE WHEN n % 3 = 0 THEN 'hall' END], NULL), 't'
     FROM generate_series(1, 120) n`,
    [tenantId, ids],
  );
  await owner.query(
    `UPDATE device_presence p SET contact_at = CASE WHEN d.key % 4 > 0 THEN now() - make_interval(mins => (d.key % 9)::int) END,
       presence = CASE WHEN d.state = 'active' THEN (ARRAY['online', 'idle', 'late', 'late'])[1 + d.key % 4] ELSE d.state::text END
     FROM device d WHERE d.tenant_id = p.tenant_id AND d.key = p.device_key AND d.tenant_id = $1`,
    [tenantId],
  );
  await owner.query(
    `INSERT INTO certificate (tenant_id, device_id, sha256, serial, issuer, subject, spki_sha256, key_algorithm, not_before,
       not_after, state, pem, issued_by)
     SELECT tenant_id, id, device_id, '1', 'i', 's', 'k', 'EC', now() - interval '9 days',
       now() + make_interval(days => CASE WHEN key % 3 = 0 THEN -1 ELSE 50 END), 'active', '', 't'
     FROM device WHERE tenant_id = $1 AND key % 5 > 0`,
    [tenantId],
  );
  return ids;
}

async function listed(
  filter: Partial<FleetFilter>,
  sort: FleetSort,
  limit: number,
): Promise<{ readonly name: string; readonly deviceId: string }[]> {
  const found: { readonly name: string; readonly deviceId: string }[] = [];
  let cursor: string | undefined;
  do {
    const page = await listDevices(tenant.ctx("viewer"), {
      filter: { ...everyDevice.filter, ...filter },
      sort,
      limit,
      ...(cursor !== undefined && { cursor }),
    });
    found.push(...page.devices.map(({ name, deviceId }) => ({ name, deviceId })));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

/** As the database has them: by their bytes. Those of one name keep the order they came in. */
const byName = (left: { name: string }, right: { name: string }) =>
  Buffer.compare(Buffer.from(left.name), Buffer.from(right.name));

const filters = fc.record({
  tags: fc.subarray(["roof", "hall"]),
  query: fc.constantFrom("", "tag:hall", "-tag:hall", "tag:roof", "pump", "valve", "presence:late"),
  presence: fc.subarray(["online", "idle", "late", "decommissioned"] as const),
  profiles: fc.subarray([0, 1]),
  certificate: fc.subarray(["expired", "valid", "none"] as const, { maxLength: 2 }),
  text: fc.constantFrom("", "", "dev-1", "PUMP", "umpe"),
});

describe("the fleet in the order of names", () => {
  it("is what the order of creation finds, whichever indexes lead to it", async () => {
    await fc.assert(
      fc.asyncProperty(filters, fc.integer({ min: 4, max: 40 }), async (chosen, limit) => {
        const { profiles: numbers, ...rest } = chosen;
        const profileIds = numbers.flatMap((number) => profiles[number] ?? []);
        const filter = { ...rest, presence: [...rest.presence], profileIds };
        const plain = (await listed(filter, "created", 200)).toSorted(byName);

        expect(await listed(filter, "name", limit)).toEqual(plain);
        expect(await listed(filter, "-name", limit)).toEqual(plain.toReversed());
      }),
      { numRuns: 30 },
    );
  });
});
