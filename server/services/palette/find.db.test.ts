import { afterAll, beforeAll, describe, expect, it } from "vitest";
import pg from "pg";
import { findForPalette } from "#server/services/palette/find.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let tenant: TestTenant;
let other: TestTenant;

beforeAll(async () => {
  database = await cloneDatabase();
  tenant = await createTestTenant(database, { slug: "north" });
  other = await createTestTenant(database, { slug: "south" });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  try {
    await owner.query("SELECT set_config('app.tenant', $1, false)", [tenant.tenantId]);
    await owner.query(
      `INSERT INTO device (tenant_id, device_id, name, serial, tags, profile_id, created_by) VALUES
        ($1, 'pump-1', 'North pump', 'SN-77', '{harbour,harbour east}', $2, 't'),
        ($1, 'pump-2', 'South pump', 'SN-78', '{harbour}', $2, 't'),
        ($1, 'valve-1', 'Valve', '', '{}', $2, 't')`,
      [tenant.tenantId, tenant.profileId],
    );
    await owner.query(
      `INSERT INTO device_group (tenant_id, name, filter, created_by) VALUES ($1, 'Harbour pumps', '{}', 't')`,
      [tenant.tenantId],
    );
  } finally {
    await owner.end();
  }
});
afterAll(async () => {
  await database.drop();
});

describe("what the palette finds", () => {
  it("is devices by serial, and tags and groups by the beginning or part of their name", async () => {
    const ctx = tenant.ctx("viewer");
    expect(await findForPalette(ctx, { text: "sn-77" })).toMatchObject({
      devices: [{ deviceId: "pump-1", name: "North pump" }],
      tags: [],
    });
    expect(await findForPalette(ctx, { text: "harbour" })).toMatchObject({
      tags: [
        { tag: "harbour", devices: 2 },
        { tag: "harbour east", devices: 1 },
      ],
      groups: [{ name: "Harbour pumps" }],
    });
  });

  it("is nothing of another organisation", async () => {
    const found = await findForPalette(other.ctx("admin"), { text: "harbour" });
    expect(found).toEqual({ devices: [], tags: [], groups: [], dashboards: [] });
  });

  it("is nothing without a text", async () => {
    await expect(findForPalette(tenant.ctx("viewer"), { text: "  " })).rejects.toMatchObject({
      code: "invalid",
    });
  });
});
