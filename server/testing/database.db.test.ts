import { afterAll, beforeAll, expect, it } from "vitest";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { withTenant } from "#server/db/tenant.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());

it("a test tenant has the open profile and a context that names it", async () => {
  const tenant = await createTestTenant(database, { slug: "acme" });

  const profile = await withTenant(tenant.ctx("viewer"), (tx) =>
    tx.profile.findUnique({
      where: { tenantId_id: { tenantId: tenant.tenantId, id: tenant.profileId } },
    }),
  );

  expect(profile).toMatchObject({ name: "generic", open: true });
});
