import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { ledgerBalance } from "#server/jobs/ledger-balance.ts";
import { measureBalance } from "#server/jobs/ledger-gauge.ts";
import { createMetrics } from "#server/observability/metrics.ts";
import { acknowledgeDifference } from "#server/services/ledger/acknowledge.ts";
import { listLedgerDifferences } from "#server/services/ledger/differences.ts";
import { exportLedger } from "#server/services/ledger/export.ts";
import { ledgerSummary } from "#server/services/ledger/summary.ts";
import type { ServiceError } from "#server/services/errors.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createIngestDevice, startIngestBench } from "#server/testing/ingest.ts";

const minuteMs = 60_000;
const now = Date.now();
/** Closed minutes, so that the check looks at them. */
const minute = Math.floor(now / minuteMs) * minuteMs - 10 * minuteMs;

let database: TestDatabase;
let owner: pg.Client;
let acme: TestTenant;
let other: TestTenant;
const logged: string[] = [];
const log = pino({ level: "error" }, { write: (line: string) => void logged.push(line) });

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  const pump = await createIngestDevice(database, acme, "pump");
  const bench = startIngestBench(database.ingest);
  const at = { receivedAt: minute + 1000 };
  await bench.send(pump, ['{"level":1}', '{"level":2}', "not json"], at);
  await bench.send(pump, ['{"level":3}'], { ...at, transport: "mqtts" });
  await bench.stop(5000);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const check = async (at = now): Promise<string> =>
  ledgerBalance({ db: database.ingest, log, now: () => at }).run();
const differences = () => listLedgerDifferences(acme.ctx("viewer"), {});
const events = (action: string) =>
  withTenant(acme.ctx("admin"), (tx) =>
    tx.auditEvent.findMany({
      where: { tenantId: acme.tenantId, actionCode: action, outcome: "done" },
    }),
  );
async function unaccounted(): Promise<string> {
  const metrics = createMetrics({ worker: "w" });
  await measureBalance({ db: database.ingest, metrics, log });
  return metrics.registry.getSingleMetricAsString("quayside_ledger_unaccounted");
}

describe("ledger.summary", () => {
  it("accounts for every message, by transport and by profile", async () => {
    const summary = await ledgerSummary(acme.ctx("viewer"), {
      from: new Date(minute),
      to: new Date(minute + minuteMs),
    });

    expect(summary).toMatchObject({
      received: 4,
      unaccounted: 0,
      totals: { stored: 3, dead_lettered: 1 },
      reasons: [{ outcome: "dead_lettered", reason: "not-json", count: 1 }],
      byTransport: [
        { transport: "mqtt", received: 3, unaccounted: 0, totals: { dead_lettered: 1 } },
        { transport: "mqtts", received: 1, unaccounted: 0 },
      ],
      byProfile: [{ profile: { name: "generic" }, received: 4, unaccounted: 0 }],
      steps: [{ at: minute, received: 4, stored: 3, deadLettered: 1, unaccounted: 0 }],
    });
  });

  it("is exported as CSV", async () => {
    const records: string[] = [];
    const range = { from: new Date(minute), to: new Date(minute + minuteMs) };
    for await (const text of await exportLedger(acme.ctx("viewer"), range)) records.push(text);

    const lines = records.join("").split("\r\n");
    expect(lines[0]).toBe("minute,transport,profile,outcome,reason,count");
    expect(lines).toContain(
      `${new Date(minute).toISOString()},mqtt,generic,dead_lettered,not-json,1`,
    );
  });
});

describe("the balance check", () => {
  it("finds nothing where everything adds up", async () => {
    expect(await check()).toBe("0 minutes do not add up, 0 do again");
    expect(await differences()).toEqual([]);
    expect(await unaccounted()).not.toContain("tenant=");
  });

  it("raises the alarm for a wrong row within one run, once, and audits it", async () => {
    await owner.query(
      "UPDATE ledger_minute SET count = count + 2 WHERE tenant_id = $1 AND transport = 'mqtt' AND outcome = 'received'",
      [acme.tenantId],
    );

    await check();
    await check();

    expect(await differences()).toMatchObject([
      { minute: new Date(minute).toISOString(), kind: "balance", difference: 2, resolvedAt: null },
    ]);
    expect(logged.filter((line) => line.includes("ledger.difference"))).toHaveLength(1);
    expect(await events("ledger.difference")).toMatchObject([
      { actor: "system:ledger", target: "ledger" },
    ]);
    expect(await unaccounted()).toContain(`{tenant="${acme.tenantId}",worker="w"} 2`);
    expect(await listLedgerDifferences(other.ctx("viewer"), {})).toEqual([]);
  });

  it("finds a dead letter that is gone", async () => {
    await owner.query("DELETE FROM dead_letter WHERE tenant_id = $1", [acme.tenantId]);

    await check();

    expect(await differences()).toMatchObject([
      { kind: "balance", difference: 2 },
      { kind: "dead_letters", difference: 1 },
    ]);
    expect(await events("ledger.difference")).toHaveLength(1);
  });

  it("leaves the minute that is still filling alone", async () => {
    expect(await check(minute + minuteMs + 30_000)).toMatch(/^0 minutes/);
  });

  it("resolves what adds up again, and says so", async () => {
    await owner.query(
      "UPDATE ledger_minute SET count = count - 2 WHERE tenant_id = $1 AND transport = 'mqtt' AND outcome = 'received'",
      [acme.tenantId],
    );
    await owner.query(
      "DELETE FROM ledger_minute WHERE tenant_id = $1 AND outcome IN ('dead_lettered')",
      [acme.tenantId],
    );
    await owner.query(
      "UPDATE ledger_minute SET count = count - 1 WHERE tenant_id = $1 AND transport = 'mqtt' AND outcome = 'received'",
      [acme.tenantId],
    );

    expect(await check()).toBe("0 minutes do not add up, 2 do again");

    const resolved = await differences();
    expect(resolved.every(({ resolvedAt }) => resolvedAt !== null)).toBe(true);
    expect(await events("ledger.balanced")).toHaveLength(1);
    expect(await unaccounted()).not.toContain("tenant=");
  });
});

describe("ledger.acknowledge", () => {
  const at = { minute: new Date(minute), kind: "balance" as const, note: "tried the alarm" };

  beforeAll(async () => {
    await owner.query(
      "UPDATE ledger_minute SET count = count + 5 WHERE tenant_id = $1 AND transport = 'mqtt' AND outcome = 'received'",
      [acme.tenantId],
    );
    await check();
  });

  it("is not for viewers", async () => {
    await expect(acknowledgeDifference(acme.ctx("viewer"), at)).rejects.toThrow(
      refused("forbidden"),
    );
  });

  it("does not find another organisation's difference", async () => {
    await expect(acknowledgeDifference(other.ctx("admin"), at)).rejects.toThrow(
      refused("not_found"),
    );
  });

  it("keeps who it was and why, and the alarm is quiet", async () => {
    await acknowledgeDifference(acme.ctx("operator"), at);

    expect(await differences()).toMatchObject([
      { kind: "balance", difference: 5, acknowledged: { by: "system:test", note: at.note } },
      { kind: "dead_letters" },
    ]);
    expect(await listLedgerDifferences(acme.ctx("viewer"), { state: "open" })).toEqual([]);
    expect(await events("ledger.acknowledge")).toMatchObject([{ reason: at.note }]);
    expect(await unaccounted()).not.toContain("tenant=");
  });

  it("a second time is a conflict", async () => {
    await expect(acknowledgeDifference(acme.ctx("operator"), at)).rejects.toThrow(
      refused("conflict"),
    );
  });

  it("is needed anew when the difference grows", async () => {
    await owner.query(
      "UPDATE ledger_minute SET count = count + 1 WHERE tenant_id = $1 AND transport = 'mqtt' AND outcome = 'received'",
      [acme.tenantId],
    );
    await check();

    expect(await listLedgerDifferences(acme.ctx("viewer"), { state: "open" })).toMatchObject([
      { kind: "balance", difference: 6, acknowledged: null },
    ]);
  });
});
