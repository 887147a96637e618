import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RegisteredDevice } from "#server/gateway/identify/registry.ts";
import { refuseChild } from "#server/gateway/register-child.ts";
import {
  connectPacket,
  connectPlain,
  openPlain,
  startTestListeners,
  type TestListeners,
  type TestPeer,
} from "#server/testing/test-listeners.ts";

let at: TestListeners;
let hall: TestPeer;
let nextKey = 900n;

const topicOf = (childId: string, channel = "telemetry") =>
  `qs/v1/d/hall-1/up/child/${childId}/${channel}`;

const publish = (childId: string, messageId: number, more: object = {}) => ({
  cmd: "publish" as const,
  topic: topicOf(childId),
  payload: `{"t":${messageId}}`,
  qos: 1 as const,
  dup: false,
  retain: false,
  messageId,
  ...more,
});

/** A device behind the gateway, unless a test says otherwise. */
function addChild(deviceId: string, more: Partial<RegisteredDevice & { gatewayKey: bigint }> = {}) {
  const { gatewayKey = hall.device.deviceKey, ...device } = more;
  at.children.set(deviceId, {
    gatewayKey,
    device: {
      tenantId: at.tenantId,
      deviceKey: nextKey++,
      id: randomUUID(),
      deviceId,
      profileId: randomUUID(),
      state: "active",
      ...device,
    },
  });
}

beforeAll(async () => {
  at = await startTestListeners({ receiveMaximum: 10 });
  hall = await at.addDevice("hall-1");
});
afterAll(() => at.stop());
beforeEach(() => {
  at.ingest.automatic = true;
  at.ingest.room = true;
  at.ingest.accepted.length = 0;
  at.children.clear();
  at.away.registry = false;
  at.registering.child = refuseChild;
});

describe.each([4, 5] as const)("a gateway at protocol level %i", (version) => {
  test.each([
    ["telemetry"],
    ["telemetry/valve"],
    ["state"],
    ["description"],
    ["event/leak"],
    ["log"],
  ])("publishes %s of a child: the message is the child's", async (channel) => {
    addChild("meter-1");
    const client = await connectPlain(at, hall, version);

    client.send(publish("meter-1", 7, { topic: topicOf("meter-1", channel) }));

    expect(await client.next()).toMatchObject({ cmd: "puback", messageId: 7 });
    expect(at.ingest.accepted).toMatchObject([
      {
        device: { deviceId: "meter-1" },
        topic: topicOf("meter-1", channel),
        channel,
        qos: 1,
        transport: "mqtt",
      },
    ]);
    client.end();
  });

  test("an unknown child is refused with a reason of its own, and the gateway stays", async () => {
    const client = await connectPlain(at, hall, version);

    client.send(publish("ghost", 1));
    client.send({ cmd: "pingreq" });

    const packets = [await client.next(), await client.next()];
    expect(packets).toContainEqual(expect.objectContaining({ cmd: "pingresp" }));
    expect(at.ingest.accepted).toMatchObject([
      {
        device: { deviceId: "hall-1" },
        channel: "child/ghost/telemetry",
        refused: { reason: "child-unknown" },
      },
    ]);
    client.end();
  });

  test("what waits for a lookup keeps its order", async () => {
    addChild("meter-1");
    const client = await connectPlain(at, hall, version);
    let answer: (() => void) | undefined;
    at.registering.child = (gateway, childId) =>
      new Promise((resolve) => {
        answer = () => {
          addChild(childId);
          resolve({ deviceKey: gateway.deviceKey });
        };
      });

    client.send(publish("meter-1", 1));
    client.send(publish("new-1", 2));
    client.send(publish("meter-1", 3));
    client.send(publish("hall", 4, { topic: "qs/v1/d/hall-1/up/telemetry" }));
    expect(await client.next()).toMatchObject({ cmd: "puback", messageId: 1 });
    expect(at.ingest.accepted).toHaveLength(1);
    answer?.();

    for (const id of [2, 3, 4]) {
      expect(await client.next()).toMatchObject({ cmd: "puback", messageId: id });
    }
    expect(at.ingest.accepted.map(({ device }) => device.deviceId)).toEqual([
      "meter-1",
      "new-1",
      "meter-1",
      "hall-1",
    ]);
    client.end();
  });

  test("an outage of the registry is waited for, and nothing is lost", async () => {
    const client = await connectPlain(at, hall, version);
    at.away.registry = true;

    client.send(publish("meter-1", 1));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(at.ingest.accepted).toHaveLength(0);
    addChild("meter-1");
    at.away.registry = false;

    expect(await client.next()).toMatchObject({ cmd: "puback", messageId: 1 });
    expect(at.ingest.accepted).toMatchObject([{ device: { deviceId: "meter-1" } }]);
    client.end();
  });

  test("a will for a child is not allowed", async () => {
    addChild("meter-1");
    const client = await openPlain(at, version);

    const will = {
      topic: topicOf("meter-1"),
      payload: Buffer.from("{}"),
      qos: 0 as const,
      retain: false,
    };
    client.send(connectPacket(hall, version, { will }));

    expect(await client.ending()).toBe(version === 5 ? 0x87 : 5);
  });
});

test.each([
  ["of another gateway", { gatewayKey: 1_000_000n }, "child-elsewhere"],
  ["of another organisation", { tenantId: randomUUID() }, "child-unknown"],
  ["that is suspended", { state: "suspended" }, "child-out-of-service"],
  ["that is decommissioned", { state: "decommissioned" }, "child-out-of-service"],
] as const)("a child %s is refused", async (_, more, reason) => {
  addChild("meter-1", more);
  const client = await connectPlain(at, hall);

  client.send(publish("meter-1", 1));

  await client.next();
  expect(at.ingest.accepted).toMatchObject([
    { device: { deviceId: "hall-1" }, refused: { reason } },
  ]);
  client.end();
});

test("a refusal is told with 0x87 and its words, and below the gateway's own dn", async () => {
  const client = await connectPlain(at, hall);
  at.ingest.automatic = false;
  client.send(publish("ghost", 1));
  client.send({
    cmd: "subscribe",
    messageId: 9,
    subscriptions: [{ topic: "qs/v1/d/hall-1/dn/#", qos: 0 }],
  });
  expect(await client.next()).toMatchObject({ cmd: "suback" });
  client.send(publish("ghost", 0, { qos: 0 }));
  client.send({ cmd: "pingreq" });
  expect(await client.next()).toMatchObject({ cmd: "pingresp" });

  at.ingest.settle({ outcome: "dead_lettered", reason: "child-unknown", detail: "No child." });

  expect(await client.next()).toMatchObject({ cmd: "puback", reasonCode: 0x87 });
  expect(await client.next()).toMatchObject({ cmd: "publish", topic: "qs/v1/d/hall-1/dn/error" });
  client.end();
});

test("a child in quarantine, and any child of a gateway in quarantine, is kept apart", async () => {
  addChild("meter-1", { state: "quarantined" });
  const client = await connectPlain(at, hall);

  client.send(publish("meter-1", 1));

  expect(await client.next()).toMatchObject({ cmd: "puback", reasonCode: 0 });
  expect(at.ingest.accepted).toMatchObject([
    { device: { deviceId: "meter-1", state: "quarantined" } },
  ]);
  client.end();
});

test("an id that nobody can have is an unknown channel of the gateway", async () => {
  const client = await connectPlain(at, hall);

  client.send(publish("bad id", 1));

  await client.next();
  expect(at.ingest.accepted).toMatchObject([
    { device: { deviceId: "hall-1" }, channel: "child/bad id/telemetry" },
  ]);
  client.end();
});
