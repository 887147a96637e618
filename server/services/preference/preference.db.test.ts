import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import type { Context } from "#server/services/context.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { readPreferences } from "#server/services/preference/read.ts";
import { setUnits } from "#server/services/preference/set-units.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let acme: TestTenant;
let other: TestTenant;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
});
afterAll(() => database.drop());

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;

function person(tenant: TestTenant, id: string = randomUUID()): Context {
  const actor = { type: "user" as const, id, email: `${id}@example.org`, sessionId: randomUUID() };
  return tenant.ctx("viewer", { actor });
}

it("a person's choice is kept, changed, audited, and no one else's", async () => {
  const id = randomUUID();
  const ada = person(acme, id);
  expect(await readPreferences(ada, {})).toEqual({ units: {} });

  await setUnits(ada, { units: { temperature: "[degF]", pressure: "kPa" } });
  await setUnits(ada, { units: { temperature: "K" } });

  expect(await readPreferences(ada, {})).toEqual({ units: { temperature: "K" } });
  expect(await readPreferences(person(acme), {})).toEqual({ units: {} });
  // The same person's id in another organisation is another person.
  expect(await readPreferences(person(other, id), {})).toEqual({ units: {} });
  const event = await withTenant(ada, (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: acme.tenantId, actionCode: "preference.setUnits" },
      orderBy: { seq: "desc" },
      select: { target: true, payload: true },
    }),
  );
  expect(event).toEqual({
    target: `user:${id}@example.org`,
    payload: { units: { temperature: "K" } },
  });
});

it("what is no person has none", async () => {
  await expect(setUnits(acme.ctx("admin"), { units: {} })).rejects.toThrow(refused("forbidden"));
  expect(await readPreferences(acme.ctx("admin"), {})).toEqual({ units: {} });
});

it.each([{ mood: "blue" }, { temperature: "furlong" }, { temperature: "bar" }])(
  "there is no choice like %j",
  async (units: Record<string, string>) => {
    await expect(setUnits(person(acme), { units })).rejects.toThrow(refused("invalid"));
  },
);

it("two changes at once both count as made; one of them stays", async () => {
  const ada = person(acme);
  await Promise.all([
    setUnits(ada, { units: { length: "m" } }),
    setUnits(ada, { units: { length: "[ft_i]" } }),
  ]);
  expect(["m", "[ft_i]"]).toContain((await readPreferences(ada, {})).units["length"]);
});
