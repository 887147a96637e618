import { afterAll, beforeAll, expect, test } from "vitest";
import {
  connectPlain,
  startTestListeners,
  type TestListeners,
} from "#server/testing/test-listeners.ts";

let at: TestListeners;
beforeAll(async () => {
  at = await startTestListeners();
});
afterAll(() => at.stop());

test("what a device publishes as Azure's SDKs do is telemetry on its own topic", async () => {
  const peer = await at.addDevice("azure-events-1");
  const client = await connectPlain(at, peer, 4);
  const topic =
    "devices/azure-events-1/messages/events/$.mid=m-1&$.ct=application%2Fjson&site=north";

  client.send({
    cmd: "publish",
    topic,
    payload: '{"flow":3.5}',
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  });

  expect(await client.next()).toMatchObject({ cmd: "puback", messageId: 1 });
  expect(at.ingest.accepted.at(-1)).toMatchObject({
    device: { deviceId: "azure-events-1" },
    channel: "telemetry",
    topic: "qs/v1/d/azure-events-1/up/telemetry",
    id: "m-1",
    contentType: "application/json",
    forwarded: Buffer.from("\x26\0\x04site\0\x05north", "latin1"),
  });
  client.end();
});

test("another device's events topic is refused", async () => {
  const peer = await at.addDevice("azure-events-2");
  const client = await connectPlain(at, peer, 5);

  client.send({
    cmd: "publish",
    topic: "devices/azure-events-1/messages/events/",
    payload: "{}",
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  });

  expect(await client.next()).toMatchObject({ cmd: "puback", reasonCode: 0x87 });
  client.end();
});
