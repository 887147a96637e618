import { setTimeout as sleep } from "node:timers/promises";
import { generate, type Packet } from "mqtt-packet";
import {
  connectPacket,
  connectPlain,
  openPlain,
  serviceConnectPacket,
  startTestListeners,
} from "#server/testing/test-listeners.ts";

/** Something that takes bytes of strangers. */
export type FuzzTarget = {
  readonly seeds: readonly Buffer[];
  /** Whether the blocks of a script count. */
  isWatched(url: string): boolean;
  /** @throws Error when the input does what no input may do */
  run(input: Buffer): Promise<void>;
  /** @throws Error when the target does not serve any more */
  check(): Promise<void>;
  stop(): Promise<void>;
};

const closeWithinMs = 3_000;

function packets(deviceId: string): readonly Packet[] {
  const topic = `qs/v1/d/${deviceId}/up/telemetry`;
  return [
    { cmd: "publish", topic, payload: '{"t":1}', qos: 0, dup: false, retain: true },
    {
      cmd: "publish",
      topic,
      payload: '{"id":"a","ts":1,"values":{"t":1}}',
      qos: 1,
      messageId: 7,
      dup: false,
      retain: false,
      properties: {
        topicAlias: 3,
        messageExpiryInterval: 9,
        contentType: "application/json",
        correlationData: Buffer.from("c"),
        responseTopic: "r",
        payloadFormatIndicator: true,
        userProperties: { id: "1", seq: "2" },
      },
    },
    { cmd: "publish", topic, payload: "{}", qos: 2, messageId: 8, dup: false, retain: false },
    { cmd: "pubrel", messageId: 8, reasonCode: 0 },
    { cmd: "pubrec", messageId: 1, reasonCode: 0 },
    { cmd: "pubcomp", messageId: 1, reasonCode: 0 },
    { cmd: "puback", messageId: 1, reasonCode: 0x87, properties: { reasonString: "no" } },
    {
      cmd: "subscribe",
      messageId: 9,
      properties: { subscriptionIdentifier: 5 },
      subscriptions: [
        { topic: `qs/v1/d/${deviceId}/dn/#`, qos: 2, nl: true, rap: true, rh: 1 },
        { topic: "$share/group/qs/v1/d/+/up/#", qos: 1, rh: 0 },
      ],
    },
    { cmd: "unsubscribe", messageId: 10, unsubscriptions: [`qs/v1/d/${deviceId}/dn/#`, "a/+/b"] },
    { cmd: "pingreq" },
    {
      cmd: "disconnect",
      reasonCode: 4,
      properties: { sessionExpiryInterval: 5, reasonString: "bye" },
    },
    { cmd: "auth", reasonCode: 0x18, properties: { authenticationMethod: "x" } },
  ];
}

/**
 * The whole packet path over a socket: frames, byte checks, parser, dispatch, handlers, session and
 * routes, with a pipeline and a store that keep everything in memory. The first byte of an input
 * says who sends the rest (a stranger, a device, a service client), in which version, and in how
 * many pieces.
 */
export async function mqttTarget(): Promise<FuzzTarget> {
  const at = await startTestListeners({
    connectsPerSecond: 1_000_000,
    connectTimeoutMs: 1_000,
    device: { connectsPerMinute: 100_000 },
    tenant: { connectsPerSecond: 100_000 },
  });
  const pump = await at.addDevice("pump-17");
  const healthy = await at.addDevice("healthy");
  const board = at.addService("board", [["#", "ps"]]);

  const connects = (version: 4 | 5): readonly Packet[] => [
    connectPacket(pump, version),
    serviceConnectPacket(board, version, { clean: false, clientId: "kept" }),
    serviceConnectPacket(board, version, {
      clientId: "will",
      will: { topic: "a/b", payload: Buffer.from("w"), qos: 2, retain: true },
    }),
  ];
  const seeds = ([4, 5] as const).flatMap((version) => {
    const write = (packet: Packet) => generate(packet, { protocolVersion: version });
    const versionBit = version === 5 ? 4 : 0;
    const spoken = packets("pump-17")
      .filter(({ cmd }) => version === 5 || cmd !== "auth")
      .map(write);
    return [
      ...connects(version).map((packet) =>
        Buffer.concat([Buffer.from([versionBit]), write(packet), ...spoken]),
      ),
      Buffer.concat([Buffer.from([versionBit | 1]), ...spoken]),
      Buffer.concat([Buffer.from([versionBit | 2]), ...spoken]),
      ...spoken.map((bytes) => Buffer.concat([Buffer.from([versionBit | 2]), bytes])),
    ];
  });

  return {
    seeds,
    isWatched: (url) =>
      url.includes("/server/gateway/") ||
      url.includes("/server/broker/") ||
      url.includes("/mqtt-packet/"),
    run: async (input) => {
      const mode = input[0] ?? 0;
      const version = (mode & 4) === 0 ? 4 : 5;
      const client = await openPlain(at, version);
      if ((mode & 3) === 1) client.send(connectPacket(pump, version));
      if ((mode & 3) === 2) {
        client.send(serviceConnectPacket(board, version, { clean: false, clientId: "kept" }));
      }
      const bytes = input.subarray(1);
      const pieces = (mode & 8) === 0 ? 1 : 3;
      const length = Math.max(1, Math.ceil(bytes.length / pieces));
      for (let from = 0; from < bytes.length && !client.closed; from += length) {
        client.write(bytes.subarray(from, from + length));
        await new Promise((resolve) => setImmediate(resolve));
      }
      client.socket.end();
      const isClosed = await Promise.race([
        client.untilClosed().then(() => true),
        sleep(closeWithinMs, false, { ref: false }),
      ]);
      client.end();
      if (!isClosed) throw new Error("The connection stays open though the client has ended it.");
      if (at.listeners.stats().refusals.has("internal")) {
        throw new Error("A handler failed (refusal 'internal').");
      }
    },
    check: async () => {
      const client = await connectPlain(at, healthy);
      client.send({
        cmd: "publish",
        topic: "qs/v1/d/healthy/up/telemetry",
        payload: '{"t":1}',
        qos: 1,
        messageId: 1,
        dup: false,
        retain: false,
      });
      const answer = await client.next();
      client.end();
      if (answer === "closed" || answer.cmd !== "puback") {
        throw new Error("A sound client is not served any more.");
      }
      at.ingest.accepted.length = 0;
      at.ingest.relayed.length = 0;
      at.refused.length = 0;
      at.frames.length = 0;
    },
    stop: () => at.stop(),
  };
}
