import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, type ConnectionOptions } from "node:tls";
import type { IConnectPacket } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPskHandshakes } from "#server/gateway/mqtt/psk-handshake.ts";
import {
  connectPacket,
  openSecure,
  startTestListeners,
  type RawClient,
  type TestListeners,
  type TestPeer,
} from "#server/testing/test-listeners.ts";

let at: TestListeners;
beforeAll(async () => {
  at = await startTestListeners();
});
afterAll(() => at.stop());

let count = 0;

/** A device whose only way in is a pre-shared key. */
async function pskDevice() {
  const peer = await at.addDevice(`psk-${(count += 1)}`);
  const { deviceId } = peer.device;
  const entry = { credentialId: randomUUID(), deviceId, key: randomBytes(32) };
  at.psks.set(deviceId, entry);
  const record = { device: peer.device, secretHashes: [], sasKeys: [] };
  at.credentials.set(deviceId, { ...record, pskIds: [entry.credentialId] });
  return { peer, entry, revoke: () => at.credentials.set(deviceId, { ...record, pskIds: [] }) };
}

/** A client that knows nothing but its key, as mosquitto's --psk. */
function offering(identity: string, key: Buffer, more: ConnectionOptions = {}): ConnectionOptions {
  return {
    ca: undefined,
    ciphers: "TLS_AES_128_GCM_SHA256:PSK",
    minVersion: "TLSv1.2",
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ psk: key, identity }),
    ...more,
  } as ConnectionOptions;
}

async function answerTo(client: RawClient, peer: TestPeer): Promise<number | undefined> {
  const { username: _, password: __, ...packet } = connectPacket(peer, 5) as IConnectPacket;
  client.send(packet);
  const answer = await client.next();
  if (answer === "closed" || answer.cmd !== "connack") throw new Error("No CONNACK.");
  return answer.reasonCode;
}

/** Resolves when the handshake has failed. */
function failing(options: ConnectionOptions): Promise<void> {
  const { mqtts: port } = at.listeners.ports;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, ...options });
    // In TLS 1.3 a client is done before the server has judged it.
    socket.on("secureConnect", () => socket.once("data", () => reject(new Error("Let in."))));
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
  });
}

describe("a device with a pre-shared key", () => {
  test.each(["TLSv1.3", "TLSv1.2"] as const)("comes in over %s", async (version) => {
    const { peer, entry } = await pskDevice();
    const limits = { minVersion: version, maxVersion: version };
    const client = await openSecure(
      at,
      undefined,
      offering(peer.device.deviceId, entry.key, limits),
    );

    expect(await answerTo(client, peer)).toBe(0);
    client.end();
  });

  test("comes in by its secondary key, which has an identity of its own", async () => {
    const { peer, entry } = await pskDevice();
    at.psks.set(`${peer.device.deviceId}/secondary`, entry);
    const identity = `${peer.device.deviceId}/secondary`;
    const client = await openSecure(at, undefined, offering(identity, entry.key));

    expect(await answerTo(client, peer)).toBe(0);
    client.end();
  });

  test("may not use the client id of another", async () => {
    const { peer, entry } = await pskDevice();
    const other = await pskDevice();
    const client = await openSecure(at, undefined, offering(peer.device.deviceId, entry.key));

    expect(await answerTo(client, other.peer)).toBe(0x85);
    client.end();
  });

  test("is disconnected when the key is revoked", async () => {
    const { peer, entry, revoke } = await pskDevice();
    const client = await openSecure(at, undefined, offering(peer.device.deviceId, entry.key));
    expect(await answerTo(client, peer)).toBe(0);

    revoke();
    at.listeners.deviceChanged(peer.device.deviceKey);

    expect(await client.ending()).toBe(0x98);
    expect(await at.refusal("revoked", peer.device.deviceId)).toBeDefined();
  });

  test.each(["TLSv1.3", "TLSv1.2"] as const)(
    "with another key is refused in the handshake over %s, in words for its people",
    async (version) => {
      const { peer } = await pskDevice();
      const { deviceId, deviceKey } = peer.device;
      const limits = { minVersion: version, maxVersion: version };

      await failing(offering(deviceId, randomBytes(32), limits));

      const refusal = await at.refusal("bad-credentials", `“${deviceId}” holds another`);
      expect(refusal).toMatchObject({ deviceKey, claimedId: deviceId });
    },
  );

  test.each(["TLSv1.3", "TLSv1.2"] as const)(
    "without a key here is refused over %s like one with a wrong key",
    async (version) => {
      const { peer, revoke } = await pskDevice();
      at.psks.delete(peer.device.deviceId);
      revoke();
      const limits = { minVersion: version, maxVersion: version };

      await failing(offering(peer.device.deviceId, randomBytes(32), limits));

      const words = `${peer.device.deviceId} offered a pre-shared key and has none`;
      expect(await at.refusal("bad-credentials", words)).toBeDefined();
    },
  );

  test("that nobody knows is refused, and the record says so", async () => {
    await failing(offering("psk-nobody", randomBytes(32)));

    expect(await at.refusal("bad-credentials", "“psk-nobody”")).toBeDefined();
  });
});

describe("what proves nothing", () => {
  const entry = { credentialId: "1", deviceId: "pump-17", key: randomBytes(32) };
  const handshakes = createPskHandshakes({
    find: (name) => (name === "pump-17" ? entry : undefined),
  });
  type Socket = Parameters<typeof handshakes.provenBy>[0];
  const socket = (protocol: string, reused: boolean, cipher: string): Socket =>
    ({
      getProtocol: () => protocol,
      isSessionReused: () => reused,
      getCipher: () => ({ name: cipher }),
    }) as Socket;

  test.each([
    ["TLSv1.3", true, "TLS_AES_128_GCM_SHA256", true],
    // Offered, but its hash did not fit the suite: the handshake was finished without it.
    ["TLSv1.3", false, "TLS_AES_256_GCM_SHA384", false],
    ["TLSv1.2", false, "ECDHE-PSK-AES128-CBC-SHA256", true],
    ["TLSv1.2", false, "ECDHE-ECDSA-AES128-GCM-SHA256", false],
  ] as const)("an offered key, %s, resumed: %s, %s: proven %s", (protocol, reused, cipher, is) => {
    const one = socket(protocol, reused, cipher);
    handshakes.callback(one, "pump-17");
    expect(handshakes.provenBy(one) !== undefined).toBe(is);
  });

  test("the identity that was asked for last decides, also when nobody has it", () => {
    const one = socket("TLSv1.3", true, "TLS_AES_128_GCM_SHA256");
    handshakes.callback(one, "pump-17");
    handshakes.callback(one, "nobody");
    expect(handshakes.provenBy(one)).toBeUndefined();
  });

  test("a session's ticket is no identity", () => {
    const one = socket("TLSv1.3", true, "TLS_AES_128_GCM_SHA256");
    expect(handshakes.callback(one, "\u{1}not an id")).toBeNull();
    expect(handshakes.offeredBy(one)).toBeUndefined();
  });
});

test("no session is resumed: what a ticket would stand for is never taken for a key", async () => {
  const peer = await at.addDevice("psk-none");
  const { mqtts: port } = at.listeners.ports;
  const { key, cert } = peer;
  const tls = { host: "127.0.0.1", port, ca: at.tls.ca, key, cert };
  const first = connect(tls);
  const sessions: Buffer[] = [];
  first.on("session", (session) => sessions.push(session));
  await once(first, "secureConnect");
  await expect.poll(() => sessions.length).toBeGreaterThan(0);
  first.destroy();

  const again = connect({ ...tls, session: sessions[0] });
  await once(again, "secureConnect");

  expect(again.isSessionReused()).toBe(false);
  again.destroy();
  const client = await openSecure(at, peer);
  expect(await answerTo(client, peer)).toBe(0);
  client.end();
});
