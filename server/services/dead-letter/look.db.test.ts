import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import type { Context } from "#server/services/context.ts";
import { listDeadLetterGroups } from "#server/services/dead-letter/list-groups.ts";
import { listDeadLetters } from "#server/services/dead-letter/list.ts";
import { showDeadLetterGroup } from "#server/services/dead-letter/show-group.ts";
import { showDeadLetter } from "#server/services/dead-letter/show.ts";
import { tryDeadLetters } from "#server/services/dead-letter/try.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { createProfile } from "#server/services/profile/create.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { renamedPayload, seedDeadLetters } from "#server/testing/dead-letters.ts";
import { createIngestDevice } from "#server/testing/ingest.ts";

let database: TestDatabase;
let owner: pg.Client;
let acme: TestTenant;
let other: TestTenant;
let operator: Context;
let devices: readonly DeviceIdentity[];
let fingerprint: string;

const rename = { op: "rename" as const, from: "presure", to: "pressure" };

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  operator = acme.ctx("operator");
  const { id } = await createProfile(acme.ctx("admin"), {
    name: "pump",
    jsonSchema: {
      type: "object",
      properties: { pressure: { type: "number", unit: "bar" } },
      required: ["pressure"],
    },
  });
  const tenant = { tenantId: acme.tenantId, profileId: id };
  devices = [
    await createIngestDevice(database, tenant, "pump-1"),
    await createIngestDevice(database, tenant, "pump-2"),
    await createIngestDevice(database, tenant, "pump-3"),
  ];
  fingerprint = await seedDeadLetters(database, { devices, count: 300, path: "/pressure" });
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;

describe("groups of dead letters", () => {
  it("say how many there are, of how many devices, and when they came", async () => {
    const { groups } = await listDeadLetterGroups(operator, {});
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({
      fingerprint,
      open: 300,
      devices: 3,
      devicesOf: 300,
      profile: { name: "pump" },
      assignee: null,
    });
    expect(groups[0]?.trend).toHaveLength(24);
    expect(groups[0]?.trend.reduce((sum, { count }) => sum + count, 0)).toBe(300);
    const group = await showDeadLetterGroup(operator, { fingerprint });
    expect(group.topDevices.map(({ count }) => count)).toEqual([100, 100, 100]);
    expect(group.firmware).toEqual([{ firmware: null, count: 300 }]);
  });

  it("are found by what they say, and read page by page", async () => {
    const second = await seedDeadLetters(database, { devices, count: 1, reason: "not-json" });
    const first = await listDeadLetterGroups(operator, { limit: 1 });
    const next = await listDeadLetterGroups(operator, { limit: 1, cursor: first.next ?? "" });
    expect(next.next).toBeNull();
    const pages = [...first.groups, ...next.groups].map((group) => group.fingerprint);
    expect(pages.toSorted()).toEqual([fingerprint, second].toSorted());
    const found = await listDeadLetterGroups(operator, { q: "/press" });
    expect(found.groups.map((group) => group.fingerprint)).toEqual([fingerprint]);
    expect((await listDeadLetterGroups(operator, { q: "%" })).groups).toEqual([]);
    expect((await listDeadLetterGroups(operator, { assignee: "none" })).groups).toHaveLength(2);
    await expect(listDeadLetterGroups(operator, { cursor: "x" })).rejects.toThrow(
      refused("invalid"),
    );
  });

  it("belong to one organisation, and are not for viewers", async () => {
    expect((await listDeadLetterGroups(other.ctx("operator"), {})).groups).toEqual([]);
    await expect(showDeadLetterGroup(other.ctx("operator"), { fingerprint })).rejects.toThrow(
      refused("not_found"),
    );
    await expect(listDeadLetterGroups(acme.ctx("viewer"), {})).rejects.toThrow(
      refused("forbidden"),
    );
  });
});

describe("one letter", () => {
  it("shows how its payload differs from the schema, and what each stage says today", async () => {
    const { letters } = await listDeadLetters(operator, { fingerprint, limit: 1 });
    const shown = await showDeadLetter(operator, { id: letters[0]?.id ?? "" });

    expect(shown.difference?.items.map(({ kind, path }) => [kind, path])).toEqual([
      ["missing", "/pressure"],
      ["unknown", "/presure"],
    ]);
    expect(shown.difference?.suggestions).toEqual([rename]);
    expect(shown.views.json?.map(({ mark }) => mark).filter((mark) => mark !== undefined)).toEqual(
      expect.arrayContaining(["unknown", "missing"]),
    );
    expect(shown.verdicts.map(({ stage, ok }) => [stage, ok])).toEqual([
      ["admitted", true],
      ["schema", true],
      ["decoded", true],
      ["readings", true],
      ["valid", false],
    ]);
    expect(shown).toMatchObject({ state: "open", settled: null, stored: null });
  });
});

describe("a trial", () => {
  it("says what a transform would make of a group, and stores nothing", async () => {
    const trial = await tryDeadLetters(operator, { fingerprint, transform: [rename] });
    expect(trial).toMatchObject({ checked: 200, wouldStore: 200, wouldFail: 0, failures: [] });
    expect(trial.samples[0]).toMatchObject({ before: { presure: 1 }, after: { pressure: 1 } });
    const without = await tryDeadLetters(operator, { fingerprint });
    expect(without).toMatchObject({ checked: 200, wouldStore: 0, failures: [{ count: 200 }] });
    const { rows } = await owner.query("SELECT FROM telemetry.reading");
    expect(rows).toEqual([]);
  });

  it("tries another payload for one letter", async () => {
    const { letters } = await listDeadLetters(operator, { fingerprint, limit: 1 });
    const payload = Buffer.from('{"pressure":3}').toString("base64");
    expect(await tryDeadLetters(operator, { id: letters[0]?.id, payload })).toMatchObject({
      checked: 1,
      wouldStore: 1,
    });
    await expect(tryDeadLetters(operator, { fingerprint, payload })).rejects.toThrow(
      refused("invalid"),
    );
  });
});

describe("a group of 300 000", () => {
  it("is listed and shown at once, along its index", async () => {
    const large = await seedDeadLetters(database, {
      devices,
      count: 300_000,
      payload: renamedPayload,
    });
    await owner.query("ANALYZE dead_letter");
    const startedAt = performance.now();
    const { groups } = await listDeadLetterGroups(operator, {});
    const listed = performance.now() - startedAt;
    const group = await showDeadLetterGroup(operator, { fingerprint: large });
    const shown = performance.now() - startedAt - listed;

    expect(groups.find((each) => each.fingerprint === large)).toMatchObject({ open: 300_000 });
    expect(group.devices).toBe(3);
    expect(listed).toBeLessThan(500);
    expect(shown).toBeLessThan(1000);
    const { rows } = await owner.query<{ "QUERY PLAN": string }>(
      `EXPLAIN SELECT id FROM dead_letter WHERE tenant_id = '${acme.tenantId}' AND fingerprint = '${large}'
         AND state = 'open' AND received_at <= now() AND (event_at, id) > (now() - interval '12 hours', '${acme.tenantId}')
       ORDER BY event_at, id LIMIT 500 FOR UPDATE`,
    );
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(plan).toContain("dead_letter_open");
    expect(plan).not.toContain("Sort");
  }, 60_000);
});
