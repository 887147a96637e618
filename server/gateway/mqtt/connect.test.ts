import { createFakeIngest } from "#server/testing/fake-ingest.ts";
import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import type { TLSSocket } from "node:tls";
import mqtt, { type IClientOptions } from "mqtt";
import { generate, type IConnectPacket, type Packet } from "mqtt-packet";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { defaultBounds, defaultLimits } from "#server/gateway/mqtt/limits.ts";
import { startMqttListenersOn } from "#server/gateway/mqtt/listener.ts";
import { createSessions } from "#server/gateway/mqtt/sessions.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import {
  connectPacket,
  connectPlain,
  openPlain,
  openSecure,
  startTestListeners,
  type RawClient,
  type TestListeners,
  type TestPeer,
} from "#server/testing/test-listeners.ts";
import { createTestSigner } from "#server/testing/test-signer.ts";

let at: TestListeners;
let pump: TestPeer;

beforeAll(async () => {
  at = await startTestListeners({ connectTimeoutMs: 400, handshakeTimeoutMs: 400 });
  pump = await at.addDevice("pump-17");
});
afterAll(() => at.stop());
beforeEach(() => {
  at.refused.length = 0;
  at.ingest.accepted.length = 0;
});

type Answer = Packet | "closed";

async function answer(client: RawClient, packet: Packet): Promise<Answer> {
  client.send(packet);
  return client.next();
}

describe("a device with its certificate", () => {
  test("is connected by a client that nobody here wrote, over TLS 1.2 and 1.3", async () => {
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      for (const protocolVersion of [4, 5] as const) {
        // mqtt.js hands what it does not know to node:tls.
        const options: IClientOptions & { readonly maxVersion: string } = {
          ca: at.tls.ca,
          key: pump.key,
          cert: pump.cert,
          clientId: "pump-17",
          protocolVersion,
          reconnectPeriod: 0,
          maxVersion,
        };
        const url = `mqtts://127.0.0.1:${at.listeners.ports.mqtts}`;
        const client = await mqtt.connectAsync(url, options);
        await client.publishAsync("qs/v1/d/pump-17/up/telemetry", '{"t":1}', { qos: 1 });
        await client.endAsync();
      }
    }
    expect(at.ingest.accepted).toHaveLength(4);
    expect(at.ingest.accepted[0]).toMatchObject({ transport: "mqtts", channel: "telemetry" });
  });

  test("is told what is served", async () => {
    const client = await openSecure(at, pump);
    const connack = await answer(
      client,
      connectPacket(pump, 5, { keepalive: 0, properties: { sessionExpiryInterval: 3_600 } }),
    );
    // Maximum QoS 2 and the expiry that was asked for are said by silence.
    expect(connack).not.toHaveProperty("properties.maximumQoS");
    expect(connack).not.toHaveProperty("properties.sessionExpiryInterval");
    expect(connack).toMatchObject({
      cmd: "connack",
      reasonCode: 0,
      sessionPresent: false,
      properties: {
        retainAvailable: true,
        topicAliasMaximum: 16,
        receiveMaximum: 1_000,
        maximumPacketSize: 262_144,
        sharedSubscriptionAvailable: true,
        subscriptionIdentifiersAvailable: true,
        serverKeepAlive: 3_600,
      },
    });
    client.end();
  });

  test("is given a client id of its own when it sends none", async () => {
    const first = await openSecure(at, pump);
    const second = await openSecure(at, pump);
    const one = await answer(first, connectPacket(pump, 5, { clientId: "" }));
    const two = await answer(second, connectPacket(pump, 5, { clientId: "" }));
    expect(one).toMatchObject({
      reasonCode: 0,
      properties: { assignedClientIdentifier: expect.stringMatching(/^pump-17\.\d+$/) },
    });
    expect(two).toMatchObject({ reasonCode: 0 });
    expect(first.closed).toBe(false);
    first.end();
    second.end();
  });

  test("takes its certificate into use with the first connection", async () => {
    const fresh = await at.addDevice("fresh-1");
    const record = at.certificates.get(fresh.sha256)!;
    at.certificates.set(fresh.sha256, { ...record, state: "issued" });
    const client = await openSecure(at, fresh);
    expect(await answer(client, connectPacket(fresh, 5))).toMatchObject({ reasonCode: 0 });
    await expect.poll(() => at.activated).toContain(record.id);
    client.end();
  });

  test("its status is written with the facts of the connection, then its end", async () => {
    const meter = await at.addDevice("meter-1");
    const client = await openSecure(at, meter, { maxVersion: "TLSv1.2" });
    await answer(client, connectPacket(meter, 5));
    const rowsOf = () =>
      at.sessions.filter(({ deviceKey }) => deviceKey === meter.device.deviceKey);
    await expect.poll(rowsOf, { timeout: 3_000 }).toHaveLength(1);
    expect(rowsOf()[0]).toMatchObject({
      connected: true,
      remoteAddress: "127.0.0.1",
      clientId: "meter-1",
      protocol: "MQTT 5.0",
      tlsVersion: "TLSv1.2",
      certificateSha256: meter.sha256,
    });
    client.send({ cmd: "disconnect", reasonCode: 0 });
    await expect.poll(rowsOf, { timeout: 3_000 }).toHaveLength(2);
    expect(rowsOf()[1]).toMatchObject({
      connected: false,
      disconnectReason: "closed by the device",
    });
  });
});

describe("a refused certificate is answered with code and words", () => {
  const change = (peer: TestPeer, more: object) =>
    at.certificates.set(peer.sha256, { ...at.certificates.get(peer.sha256)!, ...more });

  test.each([
    ["expired", { notAfter: new Date("2026-03-03T00:00:00Z") }, "expired on 3 March 2026"],
    ["revoked", { state: "revoked" }, "was revoked"],
  ])("%s", async (cause, more, words) => {
    const peer = await at.addDevice(`refused-${cause}`);
    change(peer, more);
    const client = await openSecure(at, peer);
    expect(await answer(client, connectPacket(peer, 5))).toMatchObject({
      reasonCode: 0x87,
      properties: { reasonString: expect.stringContaining(words) },
    });
    expect(await at.refusal(cause)).toMatchObject({
      claimedId: peer.device.deviceId,
      deviceKey: peer.device.deviceKey,
      tenantId: peer.device.tenantId,
      sha256: peer.sha256,
      remote: "127.0.0.1",
      transport: "mqtts",
    });
    const old = await openSecure(at, peer, { version: 4 });
    expect(await answer(old, connectPacket(peer, 4))).toMatchObject({ returnCode: 5 });
    await old.untilClosed();
  });

  test("unknown to the registry", async () => {
    const peer = await at.addDevice("forgotten");
    at.certificates.delete(peer.sha256);
    const client = await openSecure(at, peer);
    expect(await answer(client, connectPacket(peer, 5))).toMatchObject({ reasonCode: 0x87 });
    expect(await at.refusal("unknown-certificate")).toMatchObject({ claimedId: "forgotten" });
  });

  test("of another CA, though it bears a device's name", async () => {
    const foreign = await createTestSigner();
    const { privateKeyPem, csrPem } = await makeKeyAndRequest();
    const signed = await foreign.signer.sign({
      kind: "device",
      csrPem,
      deviceId: "pump-17",
      deviceUuid: pump.device.id,
      organisation: "Evil",
      days: 9,
    });
    foreign.remove();
    const client = await openSecure(at, {
      key: privateKeyPem,
      cert: signed.certificatePem + signed.chainPem,
    });
    expect(await answer(client, connectPacket(pump, 5))).toMatchObject({ reasonCode: 0x87 });
    const refusal = await at.refusal("unknown-ca");
    expect(refusal).toMatchObject({ claimedId: "pump-17", deviceKey: null });
    const { sha256 } = describeCertificate(signed.chainPem);
    expect(refusal.detail).toContain(`Unknown CA: its fingerprint is SHA-256 ${sha256}.`);
  });

  test("none at all", async () => {
    const client = await openSecure(at, undefined);
    const { username: _, password: __, ...nothing } = connectPacket(pump, 5) as IConnectPacket;
    expect(await answer(client, nothing)).toMatchObject({ reasonCode: 0x87 });
    expect((await at.refusal("no-certificate")).remedy).toContain("--cert");
  });

  test("with another client id", async () => {
    const client = await openSecure(at, pump);
    const connack = await answer(client, connectPacket(pump, 5, { clientId: "pump-18" }));
    expect(connack).toMatchObject({ reasonCode: 0x85 });
    expect((await at.refusal("client-id-mismatch")).detail).toContain("“pump-18”");
  });
});

describe("TLS that does not come about is explained", () => {
  test("plain MQTT on the TLS port", async () => {
    const { connect } = await import("node:net");
    const socket = connect(at.listeners.ports.mqtts, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(Buffer.from("101000044d51545404020000000474657374", "hex"));
    expect(await at.refusal("handshake")).toMatchObject({
      detail: "The client did not begin with a TLS handshake.",
      remote: "127.0.0.1",
    });
    socket.destroy();
  });

  test.each([
    ["TLS 1.1", { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL@SECLEVEL=0" }, "1.2"],
    ["a weak cipher", { maxVersion: "TLSv1.2", ciphers: "AES256-SHA" }, "cipher suites"],
    ["another ALPN", { ALPNProtocols: ["http/1.1"] }, "ALPN"],
  ] as const)("%s", async (_, options, words) => {
    await expect(openSecure(at, pump, options as object)).rejects.toThrow(/alert/i);
    await at.refusal("handshake", words);
  });

  test("a client that does not trust the server", async () => {
    const { spawn } = await import("node:child_process");
    const child = spawn("openssl", [
      "s_client",
      "-connect",
      `127.0.0.1:${at.listeners.ports.mqtts}`,
      "-verify_return_error",
    ]);
    child.on("error", () => undefined);
    expect((await at.refusal("handshake", "does not trust")).remedy).toContain("--cafile");
    child.kill();
  });

  test("silence", async () => {
    const { connect } = await import("node:net");
    const socket = connect(at.listeners.ports.mqtts, "127.0.0.1");
    socket.on("error", () => undefined);
    expect(await at.refusal("handshake", "not finished in time")).toMatchObject({ claimedId: "" });
    socket.destroy();
  });
});

describe("the plain listener", () => {
  test("takes user name and token", async () => {
    for (const version of [4, 5] as const) {
      const client = await connectPlain(at, pump, version);
      expect(client.closed).toBe(false);
      client.end();
    }
  });

  test.each([
    ["a wrong token", { password: Buffer.from("x") }, 0x86, 4],
    ["an unknown device", { username: "nobody", clientId: "nobody" }, 0x86, 4],
    ["nothing", { username: undefined, password: undefined }, 0x86, 4],
  ])("refuses %s", async (_, more, reasonCode, returnCode) => {
    const five = await openPlain(at, 5);
    expect(await answer(five, connectPacket(pump, 5, more as object))).toMatchObject({
      reasonCode,
    });
    const four = await openPlain(at, 4);
    expect(await answer(four, connectPacket(pump, 4, more as object))).toMatchObject({
      returnCode,
    });
  });

  test("says so in time when the registry does not answer at all", async () => {
    at.away.registry = "silent";
    const five = await openPlain(at, 5);
    expect(await answer(five, connectPacket(pump, 5))).toMatchObject({ reasonCode: 0x88 });
    await five.untilClosed();
    at.away.registry = false;
    const again = await connectPlain(at, pump);
    again.end();
  });

  test("says that the registry is away, closes, and takes those who come again [MQTT3-4.8.0-2]", async () => {
    at.away.registry = true;
    const five = await openPlain(at, 5);
    expect(await answer(five, connectPacket(pump, 5))).toMatchObject({ reasonCode: 0x88 });
    await five.untilClosed();
    const four = await openPlain(at, 4);
    expect(await answer(four, connectPacket(pump, 4))).toMatchObject({ returnCode: 3 });
    await four.untilClosed();
    at.away.registry = false;
    const again = await connectPlain(at, pump);
    again.end();
  });

  test("listens on loopback", () => {
    expect(at.listeners.ports.mqtt).toBeGreaterThan(0);
  });
});

describe("CONNECT that breaks the standard", () => {
  const raw: [string, Buffer, Answer | object][] = [
    [
      "MQTT 3.1 is answered in its own words",
      Buffer.from("101200064d51497364700302003c000461626364", "hex"),
      { cmd: "connack", returnCode: 1 },
    ],
    [
      "level 6 is answered in those of MQTT 5",
      Buffer.from("100d00044d5154540602003c00000161", "hex").subarray(0, 15),
      { cmd: "connack", reasonCode: 0x84 },
    ],
    [
      "another protocol is not answered",
      Buffer.from("100c00044854545004020000000000", "hex").subarray(0, 14),
      "closed",
    ],
    ["a cut off CONNECT is not answered", Buffer.from("1005000a4d5154", "hex"), "closed"],
    ["PINGREQ first [MQTT-3.1.0-1]", Buffer.from("c000", "hex"), "closed"],
    ["HTTP", Buffer.from("GET / HTTP/1.1\r\n\r\n"), "closed"],
    ["TLS", Buffer.from("16030100c4010000c00303", "hex"), "closed"],
    ["a CONNECT of 256 MB", Buffer.from("10ffffff7f", "hex"), "closed"],
  ];
  test.each(raw)("%s", async (_, bytes, expected) => {
    const client = await openPlain(
      at,
      (expected as { reasonCode?: number }).reasonCode === undefined ? 4 : 5,
    );
    client.write(bytes);
    const got = await client.next();
    expect(got === "closed" ? { cmd: got } : got).toMatchObject(
      expected === "closed" ? { cmd: expected } : (expected as object),
    );
  });

  test("TLS on the plain port is recognised", async () => {
    const client = await openPlain(at);
    client.write(Buffer.from("16030100c4010000c00303", "hex"));
    expect((await at.refusal("malformed", "TLS handshake")).remedy).toContain("MQTTS_PORT");
    client.end();
  });

  test.each([
    [
      "enhanced authentication [MQTT-4.12.0-1]",
      { properties: { authenticationMethod: "SCRAM" } },
      0x8c,
    ],
    ["receive maximum 0", { properties: { receiveMaximum: 0 } }, 0x82],
    ["a property of another packet", { properties: { topicAlias: 4 } }, 0x82],
  ])("%s", async (_, more, reasonCode) => {
    const client = await openPlain(at, 5);
    expect(await answer(client, connectPacket(pump, 5, more as object))).toMatchObject({
      reasonCode,
    });
  });

  test("a second CONNECT ends the connection [MQTT-3.1.0-2]", async () => {
    const client = await connectPlain(at, pump);
    expect(await answer(client, connectPacket(pump, 5))).toMatchObject({
      cmd: "disconnect",
      reasonCode: 0x82,
    });
  });

  test("a second CONNECT changes nothing for anybody else", async () => {
    const other = await connectPlain(at, pump, 5, { clientId: "pump-17.9" });
    const client = await connectPlain(at, pump, 5);
    client.write(generate(connectPacket(pump, 4), { protocolVersion: 4 }));
    await client.untilClosed();
    other.send({
      cmd: "unsubscribe",
      messageId: 1,
      unsubscriptions: ["a"],
      properties: { userProperties: { a: "b" } },
    });
    expect(await other.next()).toMatchObject({ cmd: "unsuback", granted: [0x11] });
    other.end();
  });

  test("an empty client id that wants a lasting session, in 3.1.1 [MQTT3-3.1.3-8]", async () => {
    const client = await openPlain(at, 4);
    client.write(Buffer.from("100c00044d5154540400003c0000", "hex"));
    expect(await client.next()).toMatchObject({ returnCode: 2 });
  });

  test("packets sent before CONNACK are handled after it", async () => {
    const client = await openPlain(at, 5);
    client.send(connectPacket(pump, 5));
    client.send({ cmd: "pingreq" });
    expect(await client.next()).toMatchObject({ cmd: "connack", reasonCode: 0 });
    expect(await client.next()).toMatchObject({ cmd: "pingresp" });
    client.end();
  });
});

describe("slow and silent peers", () => {
  test("a CONNECT that trickles in is cut off, however often a byte comes", async () => {
    const client = await openPlain(at);
    client.write(Buffer.from([0x10, 60]));
    const trickle = setInterval(() => client.write(Buffer.from([0])), 50);
    await client.untilClosed();
    clearInterval(trickle);
    expect(await at.refusal("no-connect")).toMatchObject({ transport: "mqtt" });
  });

  test("a client is cut off after one and a half times its keep-alive [MQTT-3.1.2-22]", async () => {
    const client = await connectPlain(at, pump, 5, { keepalive: 1 });
    const from = Date.now();
    expect(await client.next()).toMatchObject({ cmd: "disconnect", reasonCode: 0x8d });
    expect(Date.now() - from).toBeGreaterThan(1_400);
  });

  test("PINGREQ keeps it", async () => {
    const client = await connectPlain(at, pump, 5, { keepalive: 1 });
    for (let round = 0; round < 4; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      client.send({ cmd: "pingreq" });
      expect(await client.next()).toMatchObject({ cmd: "pingresp" });
    }
    client.end();
  });
});

describe("take-over", () => {
  test("the older connection is told and closed, and the device stays online", async () => {
    const shared = await at.addDevice("shared-1");
    const older = await connectPlain(at, shared, 5);
    const newer = await connectPlain(at, shared, 5);
    expect(await older.next()).toMatchObject({ cmd: "disconnect", reasonCode: 0x8e });
    await older.untilClosed();
    newer.send({ cmd: "pingreq" });
    expect(await newer.next()).toMatchObject({ cmd: "pingresp" });
    expect(at.listeners.connected(shared.device.tenantId)).toBeGreaterThan(0);
    expect(at.refused.map(({ reason }) => reason)).not.toContain("taken-over");
    newer.end();
  });

  test("two devices that take one identity from each other are recorded as such", async () => {
    const shared = await at.addDevice("shared-2");
    for (let round = 0; round < 4; round += 1) await connectPlain(at, shared, 5);
    const { detail, remedy } = await at.refusal("taken-over", "three times a minute");
    expect(detail).toContain("from 127.0.0.1 three times a minute: two devices share one identity");
    expect(remedy).toContain("its own certificate");
  });

  test("never reaches another device whose id looks like a client id", async () => {
    const one = await at.addDevice("a");
    const other = await at.addDevice("a.1");
    const victim = await connectPlain(at, other, 5);
    const client = await connectPlain(at, one, 5, { clientId: "a.1" });
    victim.send({ cmd: "pingreq" });
    expect(await victim.next()).toMatchObject({ cmd: "pingresp" });
    victim.end();
    client.end();
  });
});

describe("changes while connected", () => {
  test("a revoked certificate ends the connection within a second", async () => {
    const peer = await at.addDevice("revoked-live");
    const client = await openSecure(at, peer);
    await answer(client, connectPacket(peer, 5));
    at.certificates.set(peer.sha256, { ...at.certificates.get(peer.sha256)!, state: "revoked" });
    at.listeners.deviceChanged(peer.device.deviceKey);
    expect(await client.next()).toMatchObject({ cmd: "disconnect", reasonCode: 0x98 });
  });

  test("a device that was moved to another profile goes on with it", async () => {
    const peer = await at.addDevice("moved");
    const client = await connectPlain(at, peer, 5);
    const device = { ...peer.device, profileId: randomUUID() };
    at.credentials.set("moved", { ...at.credentials.get("moved")!, device });
    at.listeners.deviceChanged(device.deviceKey);
    await new Promise((resolve) => setTimeout(resolve, 20));
    client.send({
      cmd: "publish",
      topic: "qs/v1/d/moved/up/telemetry",
      payload: "{}",
      qos: 1,
      messageId: 1,
      dup: false,
      retain: false,
    });
    expect(await client.next()).toMatchObject({ cmd: "puback" });
    expect(at.ingest.accepted.at(-1)?.device.profileId).toBe(device.profileId);
    client.end();
  });
});

describe("ports", () => {
  test("a port in use is named with its setting and the remedy", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as { port: number };
    const starting = startMqttListenersOn(
      {
        ingest: createFakeIngest(),
        live: { emit: () => undefined },
        store: at.store,
        sessions: createSessions(),
        routed: () => ({ sessions: 0, subscriptions: 0 }),
        bounds: defaultBounds,
        limitsOf: () => defaultLimits,
        version: "test",
        tls: at.tls,
        ports: { mqtt: port, mqtts: 0, ws: 0, wss: 0 },
        host: "127.0.0.1",
        plainPublic: false,
        workerId: randomUUID(),
        log: pino({ level: "silent" }),
        clock: () => Date.now(),
      },
      { registry: { flushUsed: () => Promise.resolve() } } as never,
    );
    await expect(starting).rejects.toThrow(
      `Port ${port} (MQTT_PORT) on 127.0.0.1 is already in use. Stop the program that uses it, or set MQTT_PORT to a free port.`,
    );
    taken.close();
  });

  test("a renewed server certificate is used at once", async () => {
    const { privateKeyPem, csrPem } = await makeKeyAndRequest();
    const signed = await at.signer.signer.sign({ kind: "server", csrPem, hosts: ["127.0.0.1"] });
    at.listeners.reloadTls({
      ...at.tls,
      key: privateKeyPem,
      cert: signed.certificatePem + signed.chainPem,
    });
    const client = await openSecure(at, pump);
    const shown = (client.socket as TLSSocket).getPeerX509Certificate();
    expect(shown?.toString().trim()).toBe(signed.certificatePem.trim());
    client.end();
    at.listeners.reloadTls(at.tls);
  });
});
