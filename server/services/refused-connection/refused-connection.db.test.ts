import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDevice } from "#server/services/device/create.ts";
import { deviceKeys } from "#server/services/device/keys.ts";
import { exportRefusedConnections } from "#server/services/refused-connection/export.ts";
import { refusedConnectionFacets } from "#server/services/refused-connection/facets.ts";
import { listRefusedConnections } from "#server/services/refused-connection/list.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let tenant: TestTenant;
let stranger: TestTenant;
const now = new Date("2026-11-23T12:00:00Z");
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

type Entry = {
  readonly claimedId: string;
  readonly reason: string;
  readonly minutes: number;
  readonly deviceKey?: bigint;
  readonly count?: bigint;
  readonly detail?: string;
  readonly sha256?: string;
};

async function refuse(entry: Entry, of = tenant) {
  const { minutes, ...row } = entry;
  await database.ingest.prisma.refusedConnection.create({
    data: {
      tenantId: of.tenantId,
      detail: "The connection was refused.",
      remedy: "Look at it.",
      remote: "10.1.2.3",
      transport: "mqtts",
      firstAt: minutesAgo(minutes + 5),
      lastAt: minutesAgo(minutes),
      ...row,
    },
  });
}

beforeAll(async () => {
  database = await cloneDatabase();
  tenant = await createTestTenant(database, { slug: "northwind" });
  stranger = await createTestTenant(database, { slug: "southwind" });
  await createDevice(tenant.ctx("admin"), { name: "Pump 17", deviceId: "pump-17" });
  const [known] = await deviceKeys(tenant.ctx("viewer"), { devices: ["pump-17"] });
  const deviceKey = BigInt(known?.key ?? 0);
  await refuse({ claimedId: "pump-17", reason: "expired", minutes: 1, deviceKey, count: 4n });
  await refuse({ claimedId: "grafana@northwind", reason: "bad-credentials", minutes: 2 });
  await refuse({ claimedId: "pump-17", reason: "unknown-ca", minutes: 3, sha256: "beef" });
  await refuse({ claimedId: "=run", reason: "malformed", minutes: 600, detail: "100 % wrong" });
  await refuse({ claimedId: "pump-17", reason: "expired", minutes: 1 }, stranger);
});
afterAll(() => database.drop());

const viewer = () => tenant.ctx("viewer", { now: () => now });

describe("refused connections", () => {
  it("come newest first with the device that they concern, and never another tenant's", async () => {
    const { refusals, next } = await listRefusedConnections(viewer(), {});

    expect(refusals.map(({ cause }) => cause)).toEqual([
      "expired",
      "bad-credentials",
      "unknown-ca",
      "malformed",
    ]);
    expect(refusals[0]).toMatchObject({
      device: { deviceId: "pump-17", name: "Pump 17" },
      count: 4,
      lastAt: minutesAgo(1).toISOString(),
    });
    expect(refusals[1]?.device).toBeNull();
    expect(refusals[2]?.device?.deviceId).toBe("pump-17");
    expect(next).toBeNull();
  });

  it("come page by page, each once", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listRefusedConnections(viewer(), { limit: 1, cursor });
      seen.push(...page.refusals.map(({ cause }) => cause));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);

    expect(seen).toEqual(["expired", "bad-credentials", "unknown-ca", "malformed"]);
  });

  it.each([
    [{ cause: "expired,malformed" }, ["expired", "malformed"]],
    [{ cause: ["unknown-ca"] }, ["unknown-ca"]],
    [{ deviceId: "pump-17" }, ["expired", "unknown-ca"]],
    [{ text: "GRAFANA" }, ["bad-credentials"]],
    [{ text: "beef" }, ["unknown-ca"]],
    [{ text: "100 %" }, ["malformed"]],
    [{ from: minutesAgo(2).toISOString() }, ["expired", "bad-credentials"]],
    [{ to: String(minutesAgo(2).getTime()) }, ["unknown-ca", "malformed"]],
  ])("are narrowed by %j", async (filter, causes) => {
    const { refusals } = await listRefusedConnections(viewer(), filter);

    expect(refusals.map(({ cause }) => cause)).toEqual(causes);
  });

  it("are counted by cause within the window, whatever cause is chosen", async () => {
    const facets = await refusedConnectionFacets(viewer(), { from: minutesAgo(60) });

    expect(facets).toEqual([
      { cause: "expired", entries: 1, attempts: 4, lastAt: minutesAgo(1).toISOString() },
      { cause: "bad-credentials", entries: 1, attempts: 1, lastAt: minutesAgo(2).toISOString() },
      { cause: "unknown-ca", entries: 1, attempts: 1, lastAt: minutesAgo(3).toISOString() },
    ]);
  });

  it("are refused for a device that does not exist here, and for a cursor of elsewhere", async () => {
    const context = stranger.ctx("viewer");

    await expect(listRefusedConnections(context, { deviceId: "pump-17" })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(listRefusedConnections(viewer(), { cursor: "nonsense" })).rejects.toMatchObject({
      code: "invalid",
    });
  });

  it("are exported as CSV that no spreadsheet runs", async () => {
    let text = "";
    for await (const part of await exportRefusedConnections(viewer(), { cause: "malformed" })) {
      text += part;
    }
    const lines = text.trim().split("\r\n");

    expect(lines[0]).toMatch(/^last_at,first_at,count,cause,claimed_id,/);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(",malformed,'=run,");
  });
});
