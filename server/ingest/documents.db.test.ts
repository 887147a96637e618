import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LiveFrame } from "#server/domain/live.ts";
import type { DeviceIdentity, InboundMessage, Settlement } from "#server/pipeline/message.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import { createIngestDevice, startIngestBench, type IngestBench } from "#server/testing/ingest.ts";

let database: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

let device: DeviceIdentity;
let bench: IngestBench;
beforeEach(async () => {
  const slug = `t-${randomUUID().slice(0, 8)}`;
  const tenant = await createTestTenant(database, { slug });
  device = await createIngestDevice(database, tenant, `${slug}-pump`);
  bench = startIngestBench(database.ingest);
});
afterEach(() => bench.stop(5000));

const outcomes = (settlements: readonly Settlement[]): string[] =>
  settlements.map((settlement) =>
    "reason" in settlement ? settlement.reason : settlement.outcome,
  );

async function stored(): Promise<Record<string, unknown>[]> {
  const { rows } = await owner.query(
    `SELECT channel, content_type AS type, encode(payload, 'escape') AS payload FROM telemetry.device_message
     WHERE device_key = $1 ORDER BY received_at, channel`,
    [device.deviceKey.toString()],
  );
  return rows;
}

function send(
  channel: string,
  payload: string | Buffer,
  more: Partial<InboundMessage> = {},
): Promise<readonly Settlement[]> {
  const topic = `qs/v1/d/${device.deviceId}/up/${channel}`;
  return bench.send(device, [payload], { channel, topic, ...more });
}

describe("states, descriptions, events and logs", () => {
  it.each([
    ["state", '{"online":true}', undefined],
    ["state", '{"online":true}', "application/json; charset=utf-8"],
    ["description", "\\377\\000", "application/cbor"],
    ["event/door", "open", undefined],
    ["event/door", "{", "application/json"],
    ["log", "boot\n", "text/plain"],
  ])("%s is stored as it came: %j of type %s", async (channel, payload, contentType) => {
    const bytes = payload === "\\377\\000" ? Buffer.from([0xff, 0]) : payload;
    const told = await send(channel, bytes, contentType === undefined ? {} : { contentType });

    expect(outcomes(told)).toEqual(["stored"]);
    expect(await stored()).toEqual([{ channel, type: contentType ?? null, payload }]);
  });

  it.each([
    ["state", "online", undefined, "not-json"],
    ["description", "{", "application/json", "not-json"],
    ["state", "", undefined, "empty"],
    ["state", "[".repeat(40), undefined, "too-deep"],
    ["event/left/right", "{}", undefined, "unknown-channel"],
    ["reported", "{}", undefined, "unknown-channel"],
  ])("%s with %j of type %s is refused: %s", async (channel, payload, contentType, reason) => {
    const told = await send(channel, payload, contentType === undefined ? {} : { contentType });

    expect(outcomes(told)).toEqual([reason]);
    expect(await stored()).toEqual([]);
  });

  it("are recognised by id or seq within ten minutes, each channel for itself", async () => {
    const now = Date.now();
    const told = [
      await send("event/door", "open", { id: "x" }),
      await send("event/door", "open", { id: "x" }),
      await send("log", "open", { id: "x" }),
      await send("log", "a", { seq: "7" }),
      await send("log", "b", { seq: "7" }),
      await send("log", "b", { seq: "7", receivedAt: now + 11 * 60_000 }),
      await send("log", "same"),
      await send("log", "same"),
    ];

    expect(told.flatMap(outcomes)).toEqual([
      "stored",
      "duplicate",
      "stored",
      "stored",
      "duplicate",
      "stored",
      "stored",
      "stored",
    ]);
    expect(await stored()).toHaveLength(6);
  });

  it("have a place whatever the worker's clock says", async () => {
    const receivedAt = Date.parse("1999-12-31T23:00:00Z");
    expect(outcomes(await send("log", "old", { receivedAt }))).toEqual(["stored"]);
    expect(await stored()).toHaveLength(1);
  });

  it("are shown to those who watch the device, as text", async () => {
    const frames: LiveFrame[] = [];
    bench.live.subscribe({
      interest: {
        tenantId: device.tenantId,
        deviceKeys: [device.deviceKey.toString()],
        fleet: false,
        refusals: false,
      },
      isReady: () => true,
      send: (frame) => frames.push(frame),
    });
    await send("event/door", "open");

    await expect
      .poll(() => frames.find(({ kind }) => kind === "messages"))
      .toMatchObject({ messages: [{ text: "open", values: {}, outcome: "stored" }] });
  });
});
