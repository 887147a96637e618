import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { keyOfId } from "#server/pipeline/message-key.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { followMessage } from "#server/services/message/follow.ts";
import type { FollowedMessage } from "#server/services/message/followed.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createIngestDevice, startIngestBench } from "#server/testing/ingest.ts";
import { createSubscribers, type TestSubscribers } from "#server/testing/subscribers.ts";

let database: TestDatabase;
let owner: pg.Client;
let acme: TestTenant;
let other: TestTenant;
let pump: DeviceIdentity;
let subscribers: TestSubscribers;
const sentAt = Date.now() - 60_000;

beforeAll(async () => {
  database = await cloneDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  pump = await createIngestDevice(database, acme, "pump");
  const valve = await createIngestDevice(database, acme, "valve");
  await owner.query(
    `INSERT INTO device_connection_event (tenant_id, device_key, at, kind, remote_address, client_id, protocol, tls_version)
     VALUES ($1, $2, $3, 'connected', '10.0.0.7', 'pump', 'MQTT 5.0', 'TLSv1.3')`,
    [acme.tenantId, pump.deviceKey.toString(), new Date(sentAt - 60_000)],
  );
  subscribers = createSubscribers(owner);
  const key = await subscribers.add({
    tenantId: acme.tenantId,
    filter: "qs/v1/d/+/up/#",
    keeps: true,
  });
  await owner.query(
    `INSERT INTO mqtt_subscription (tenant_id, session_id, filter_hash, filter, qos, no_local, retain_as_published, retain_handling)
     VALUES ($1, $2, '\\x00', 'qs/v1/d/+/up/#', 2, false, true, 0)`,
    [acme.tenantId, subscribers.sessionId(key).toString()],
  );
  const bench = startIngestBench(database.ingest, { fanout: subscribers.routes });
  const at = { receivedAt: sentAt };
  await bench.send(pump, ['{"id":"good-1","values":{"level":1.5,"mode":"auto"}}'], {
    ...at,
    transport: "mqtts",
  });
  await bench.send(pump, ['[{"level":1},{"level":2}]'], {
    ...at,
    id: "many",
    receivedAt: sentAt + 10,
  });
  await bench.send(pump, ['{"id":"bad-1","values":{"level":'], at);
  await bench.send(valve, ['{"seq":41,"ts":1,"values":{"open":true}}'], at);
  await bench.send(pump, ['{"id":"ev-1","text":"zebra crossing"}'], {
    ...at,
    channel: "event/alarm",
    topic: "qs/v1/d/pump/up/event/alarm",
    id: "ev-1",
  });
  await bench.stop(5000);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const verdicts = (message: FollowedMessage | undefined) =>
  Object.fromEntries((message?.stages ?? []).map(({ stage, verdict }) => [stage, verdict]));

describe("following a message by its id", () => {
  it("tells a stored reading's way, row, connection and who it went to", async () => {
    const { messages } = await followMessage(acme.ctx("operator"), { id: "good-1" });

    expect(messages).toHaveLength(1);
    const [message] = messages;
    expect(message).toMatchObject({
      deviceId: "pump",
      received: {
        at: new Date(sentAt).toISOString(),
        transport: "mqtts",
        qos: 1,
        connection: { remote: "10.0.0.7", protocol: "MQTT 5.0", tlsVersion: "TLSv1.3" },
      },
      end: { as: "reading", schema: { name: "generic" }, values: { level: 1.5, mode: "auto" } },
      fanout: { isTopicKnown: false, subscribers: [{ filter: "qs/v1/d/+/up/#", waiting: 1 }] },
    });
    expect(verdicts(message)).toMatchObject({
      decoded: "passed",
      timed: "noted",
      stored: "passed",
    });
  });

  it("tells where a refused one failed and whether it would pass today", async () => {
    const { messages } = await followMessage(acme.ctx("operator"), { id: "bad-1" });

    expect(messages).toMatchObject([
      {
        received: { topic: "qs/v1/d/pump/up/telemetry", transport: "mqtt", bytes: 32 },
        end: { as: "dead_letter", state: "open", reason: "not-json", today: { wouldPass: false } },
        fanout: null,
      },
    ]);
    expect(verdicts(messages[0])).toEqual({
      received: "passed",
      identified: "passed",
      admitted: "passed",
      decoded: "failed",
      valid: "not_reached",
      processed: "not_reached",
      timed: "not_reached",
      stored: "not_reached",
    });
  });

  it("finds each reading of an array, a sequence number, and an event", async () => {
    const ctx = acme.ctx("operator");
    const many = await followMessage(ctx, { id: "many", device: "pump" });
    expect(many.messages).toHaveLength(2);
    const seq = await followMessage(ctx, { id: "41", device: "valve" });
    expect(seq.messages).toMatchObject([{ deviceId: "valve" }]);
    expect(verdicts(seq.messages[0])["timed"]).toBe("noted");
    const event = await followMessage(ctx, { id: "ev-1" });
    expect(event.messages).toMatchObject([
      { end: { as: "document", channel: "event/alarm" }, fanout: { isTopicKnown: true } },
    ]);
  });

  it("does not find another organisation's message", async () => {
    const { messages } = await followMessage(other.ctx("admin"), { id: "good-1" });
    expect(messages).toEqual([]);
    await expect(
      followMessage(other.ctx("admin"), { id: "good-1", device: "pump" }),
    ).rejects.toThrow(refused("not_found"));
  });

  it("keeps dead letters from those who may not see them, and says so", async () => {
    const answer = await followMessage(acme.ctx("viewer"), { id: "bad-1" });
    expect(answer).toMatchObject({ messages: [], withoutDeadLetters: true });
  });

  it("is recorded", async () => {
    await followMessage(acme.ctx("operator"), { text: "zebra" });
    const [event] = await withTenant(acme.ctx("admin"), (tx) =>
      tx.auditEvent.findMany({
        where: { tenantId: acme.tenantId, actionCode: "message.follow" },
        orderBy: { seq: "desc" },
        take: 1,
      }),
    );
    expect(event).toMatchObject({ target: "fleet", payload: { textCharacters: 5, found: 1 } });
    expect(JSON.stringify(event?.payload)).not.toContain("zebra");
  });
});

describe("following a message by other means", () => {
  it("by device and time", async () => {
    const { messages } = await followMessage(acme.ctx("operator"), {
      device: "pump",
      at: new Date(sentAt),
      window: 0.001,
    });
    expect(messages.map(({ end }) => end.as).toSorted()).toEqual([
      "dead_letter",
      "document",
      "reading",
    ]);
  });

  it.each([
    ["what is beside the cells of a reading", "auto", "reading"],
    ["an event's payload", "zebra crossing", "document"],
    ["a refused payload", '"level":', "dead_letter"],
  ])("by text: %s", async (_, text, as) => {
    const { messages } = await followMessage(acme.ctx("operator"), { text });
    expect(messages.map(({ end }) => end.as)).toEqual([as]);
  });

  it.each([
    ["nothing to look for", {}],
    ["two things to look for", { id: "a", text: "abc" }],
    ["a time without a device", { at: new Date(sentAt) }],
    ["the fleet over a month", { id: "a", from: new Date(sentAt - 30 * 86_400_000) }],
    ["text in the fleet over two days", { text: "abc", from: new Date(sentAt - 2 * 86_400_000) }],
  ])("%s is refused in words", async (_, input) => {
    await expect(followMessage(acme.ctx("operator"), input)).rejects.toThrow(refused("invalid"));
  });
});

describe("following a message that was replayed", () => {
  it("tells of a stored row the dead letter whose replay it was", async () => {
    const ts = new Date(sentAt - 5000).toISOString();
    const key = keyOfId("again-1").toString();
    await owner.query(
      `INSERT INTO telemetry.reading (device_key, ts, message_key, received_at, schema_id, flags, "values", extra)
       SELECT device_key, $2::timestamptz, $3::bigint, received_at, schema_id, flags | 8, "values", extra
       FROM telemetry.reading WHERE device_key = $1 AND message_key = $4::bigint`,
      [pump.deviceKey.toString(), ts, key, keyOfId("good-1").toString()],
    );
    await owner.query(
      `INSERT INTO dead_letter (tenant_id, device_key, device_id, profile_id, received_at, event_at, transport,
         topic, qos, message_id, reason, detail, payload, state, settled_at, settled_by, stored_ts, stored_key)
       VALUES ($1, $2, 'pump', $3, $4, $4, 'mqtt', 'qs/v1/d/pump/up/telemetry', 1, 'again-1', 'schema-mismatch',
         'The value at /level must be a number.', '\\x7b7d', 'replayed', $4, 'ada@acme.example', $5, $6)`,
      [acme.tenantId, pump.deviceKey.toString(), acme.profileId, new Date(sentAt), ts, key],
    );

    const { messages } = await followMessage(acme.ctx("operator"), { id: "again-1" });

    const replay = { by: "ada@acme.example", refused: "The value at /level must be a number." };
    const find = (as: string) => messages.find(({ end }) => end.as === as);
    expect(find("reading")).toMatchObject({ fanout: null, replays: [replay] });
    expect(find("dead_letter")).toMatchObject({
      end: { state: "replayed", row: { deviceId: "pump", key } },
      replays: [replay],
    });
  });
});
