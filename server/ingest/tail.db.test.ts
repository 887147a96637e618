import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LiveFrame, LiveTailMessage } from "#server/domain/live.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createIngestDevice, startIngestBench, type IngestBench } from "#server/testing/ingest.ts";

let database: TestDatabase;
let acme: TestTenant;
let pump: DeviceIdentity;
let bench: IngestBench;
beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  pump = await createIngestDevice(database, acme, "pump");
  bench = startIngestBench(database.ingest);
});
afterAll(async () => {
  await bench.stop(5000);
  await database.drop();
});

/** What a viewer of the whole tenant is told until so many messages came. */
function watch(expected: number): Promise<readonly LiveTailMessage[]> {
  return new Promise((resolve) => {
    const messages: LiveTailMessage[] = [];
    const subscription = bench.live.subscribe({
      interest: {
        tenantId: acme.tenantId,
        deviceKeys: [],
        fleet: false,
        refusals: false,
        tail: {},
      },
      isReady: () => true,
      send: (frame: LiveFrame) => {
        if (frame.kind === "tail") messages.push(...frame.messages);
        if (messages.length < expected) return;
        subscription.end();
        resolve(messages);
      },
    });
  });
}

describe("the live tail of the pipeline", () => {
  it("tells every settled message with its payload, whatever became of it", async () => {
    const told = watch(4);
    await bench.send(pump, ['{"id":"a-1","values":{"level":1}}', '{"level":']);
    await bench.send(pump, [Buffer.from([0xff, 0x00])], { contentType: "application/cbor" });
    await bench.relay({ tenantId: acme.tenantId, id: pump.id }, ["hello"]);

    expect(await told).toMatchObject([
      {
        deviceKey: pump.deviceKey.toString(),
        sender: "pump",
        profileId: acme.profileId,
        outcome: "stored",
        reason: null,
        id: "a-1",
        size: 33,
        payload: { as: "text", content: '{"id":"a-1","values":{"level":1}}', isCut: false },
      },
      { outcome: "dead_lettered", reason: "not-json", payload: { as: "text" } },
      {
        outcome: "dead_lettered",
        reason: "not-cbor",
        contentType: "application/cbor",
        payload: { as: "hex", content: "ff00" },
      },
      { deviceKey: null, sender: "dashboard", outcome: "stored", topic: "plant/x" },
    ]);
  });

  it("cuts long payloads between characters", async () => {
    const told = watch(1);
    await bench.send(pump, [`{"text":"${"é".repeat(3000)}"}`]);
    const [message] = await told;
    expect(message?.payload.isCut).toBe(true);
    expect(message?.payload.as).toBe("text");
    expect(message?.payload.content.endsWith("é")).toBe(true);
  });
});
