import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ownerOf } from "#server/gateway/identify/principal.ts";
import {
  connectPacket,
  connectPlain,
  openPlain,
  startTestListeners,
  type TestListeners,
  type TestPeer,
} from "#server/testing/test-listeners.ts";

let at: TestListeners;
let pump: TestPeer;
const state = "qs/v1/d/pump-17/up/state";
const will = { topic: state, payload: Buffer.from('{"online":false}'), qos: 1 as const };

beforeEach(async () => {
  at = await startTestListeners();
  pump = await at.addDevice("pump-17");
});
afterEach(() => at.stop());

describe("a will", () => {
  test("is published as a message of the device when the connection is lost", async () => {
    for (const version of [4, 5] as const) {
      at.ingest.accepted.length = 0;
      const client = await connectPlain(at, pump, version, { will });
      client.end();
      await expect.poll(() => at.ingest.accepted.length).toBe(1);
      expect(at.ingest.accepted[0]).toMatchObject({ topic: state, channel: "state", packetId: 0 });
    }
  });

  test("is discarded by DISCONNECT, and published when DISCONNECT asks for it", async () => {
    const calm = await connectPlain(at, pump, 5, { will });
    calm.send({ cmd: "disconnect", reasonCode: 0 });
    await calm.untilClosed();
    expect(at.ingest.accepted).toHaveLength(0);
    const asking = await connectPlain(at, pump, 5, { will });
    asking.send({ cmd: "disconnect", reasonCode: 4 });
    await asking.untilClosed();
    expect(at.ingest.accepted).toHaveLength(1);
  });

  test.each([
    ["elsewhere", { ...will, topic: "qs/v1/d/pump-18/up/state" }, 0x87],
    ["with a wildcard", { ...will, topic: `${state}/#` }, 0x87],
  ])("%s is refused at CONNECT", async (_, asked, reasonCode) => {
    const client = await openPlain(at, 5);
    client.send(connectPacket(pump, 5, { will: asked }));
    expect(await client.next()).toMatchObject({ cmd: "connack", reasonCode });
    await client.untilClosed();
    expect(at.ingest.accepted).toHaveLength(0);
  });
});

describe("a session that the other workers ended, because this one was silent for long", () => {
  const open = (remote: string) =>
    at.store.asWorker({ workerId: "another" }).open({
      tenantId: at.tenantId,
      owner: ownerOf({ kind: "device", device: pump.device }),
      clientId: "pump-17",
      cleanStart: true,
      expirySeconds: 60,
      will: undefined,
      remote,
    });

  test("leaves its will to them: published again it could be the last that is heard", async () => {
    const client = await connectPlain(at, pump, 5, { will });
    await open("");
    expect(await client.next()).toMatchObject({ cmd: "disconnect", reasonCode: 0x8e });
    await client.untilClosed();
    await expect.poll(() => at.listeners.stats().sessions).toBe(0);
    expect(at.ingest.accepted).toHaveLength(0);
  });

  test("differs from one that is taken over, whose will is due", async () => {
    await connectPlain(at, pump, 5, { will });
    await open("10.1.2.3");
    await expect.poll(() => at.ingest.accepted.length).toBe(1);
  });
});

describe("when the worker stops", () => {
  test("what was accepted is acknowledged first, then devices are told 0x8B", async () => {
    const client = await connectPlain(at, pump, 5);
    const old = await connectPlain(at, pump, 4, { clientId: "pump-17.2" });
    at.ingest.automatic = false;
    client.send({
      cmd: "publish",
      topic: "qs/v1/d/pump-17/up/telemetry",
      payload: "{}",
      qos: 1,
      messageId: 1,
      dup: false,
      retain: false,
    });
    await expect.poll(() => at.ingest.held.length).toBe(1);
    const stopping = at.listeners.stop();
    setTimeout(() => at.ingest.settle({ outcome: "stored" }), 100);
    expect(await client.next()).toMatchObject({ cmd: "puback", messageId: 1 });
    expect(await client.next()).toMatchObject({ cmd: "disconnect", reasonCode: 0x8b });
    await old.untilClosed();
    await stopping;
    expect(at.sessions.at(-1)).toMatchObject({ disconnectReason: "the server was stopped" });
  });

  test("a client that does not leave is cut within the time to drain", async () => {
    const client = await connectPlain(at, pump, 5);
    client.socket.pause();
    const from = Date.now();
    await at.listeners.stop();
    expect(Date.now() - from).toBeLessThan(2_000);
    client.end();
  });
});

describe("limits", () => {
  test("more connections than allowed are told to come back at different times", async () => {
    const small = await startTestListeners({ maxConnections: 1 });
    const peer = await small.addDevice("pump-17");
    const first = await connectPlain(small, peer, 5);
    const second = await openPlain(small, 5);
    second.send(connectPacket(peer, 5, { clientId: "pump-17.2" }));
    expect(await second.next()).toMatchObject({
      reasonCode: 0x89,
      properties: { userProperties: { "retry-after-ms": expect.stringMatching(/^\d+$/) } },
    });
    first.end();
    await small.stop();
  });

  test("a faster rate than allowed is told 0x9F, a much faster one is cut", async () => {
    const small = await startTestListeners({ connectsPerSecond: 1 });
    const peer = await small.addDevice("pump-17");
    const answers: unknown[] = [];
    for (let round = 0; round < 5; round += 1) {
      const client = await openPlain(small, 5).catch(() => undefined);
      client?.send(connectPacket(peer, 5, { clientId: `pump-17.${round}` }));
      const answer = (await client?.next()) ?? "closed";
      answers.push(answer === "closed" ? answer : (answer as { reasonCode: number }).reasonCode);
    }
    expect(answers.slice(0, 3)).toEqual([0, 0, 0x9f]);
    expect(answers.at(-1)).toBe("closed");
    expect(await small.refusal("rate")).toMatchObject({ remote: "127.0.0.1" });
    await small.stop();
  });

  test("a client that does not read is not read either", async () => {
    const small = await startTestListeners({ maxUnsentBytes: 1_000 });
    const peer = await small.addDevice("pump-17");
    const client = await connectPlain(small, peer, 5);
    client.socket.pause();
    const { generate } = await import("mqtt-packet");
    // Each is answered by a PUBACK with a long reason.
    const refused = generate(
      {
        cmd: "publish",
        topic: "qs/v1/d/pump-18/up/telemetry",
        payload: "{}",
        qos: 1,
        messageId: 1,
        dup: false,
        retain: false,
      },
      { protocolVersion: 5 },
    );
    const many = Buffer.concat(Array.from({ length: 2_000 }, () => refused));
    // The system's buffers take several megabytes before anything waits in ours.
    for (let round = 0; round < 100; round += 1) client.write(many);
    let before = -1;
    await expect
      .poll(
        () => {
          const still = small.listeners.stats().publishesReceived === before;
          before = small.listeners.stats().publishesReceived;
          return still;
        },
        { interval: 300, timeout: 15_000 },
      )
      .toBe(true);
    expect(before).toBeLessThan(200_000);
    client.end();
    await small.stop();
  });
});
