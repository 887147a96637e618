import { createHmac, randomBytes } from "node:crypto";
import type { Packet } from "mqtt-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  connectPacket,
  connectPlain,
  connectService,
  openPlain,
  openSecure,
  serviceConnectPacket,
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

type SasDevice = { readonly peer: TestPeer; readonly sas: (lifeSeconds?: number) => Buffer };

/** A device whose only way in is a SAS token. */
async function sasDevice(): Promise<SasDevice> {
  const peer = await at.addDevice(`azure-${(count += 1)}`);
  const { deviceId } = peer.device;
  const key = randomBytes(32);
  at.credentials.set(deviceId, {
    device: peer.device,
    secretHashes: [],
    sasKeys: [{ slot: "primary", key }],
  });
  const sr = `hub.example.com%2Fdevices%2F${deviceId}`;
  return {
    peer,
    sas: (lifeSeconds = 60) => {
      const se = Math.floor(Date.now() / 1_000) + lifeSeconds;
      const sig = createHmac("sha256", key).update(`${sr}\n${se}`).digest("base64");
      return Buffer.from(`SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${se}`);
    },
  };
}

async function codeOf(client: RawClient): Promise<number | "closed"> {
  const answer = await client.next();
  if (answer === "closed" || answer.cmd !== "connack") throw new Error("No CONNACK.");
  return answer.reasonCode ?? answer.returnCode ?? "closed";
}

describe("a device with a SAS token", () => {
  test.each([5, 4] as const)("comes in on the plain port, MQTT version %d", async (version) => {
    const { peer, sas } = await sasDevice();
    const client = await openPlain(at, version);
    const username = `hub.example.com/${peer.device.deviceId}/?api-version=2021-04-12`;
    client.send(connectPacket(peer, version, { username, password: sas() }));

    expect(await codeOf(client)).toBe(0);
    client.end();
  });

  test("comes in on the TLS port without a certificate", async () => {
    const { peer, sas } = await sasDevice();
    const client = await openSecure(at, undefined);
    client.send(connectPacket(peer, 5, { password: sas() }));

    expect(await codeOf(client)).toBe(0);
    client.end();
  });

  test("is disconnected in the second in which its token ends, in words", async () => {
    const { peer, sas } = await sasDevice();
    const client = await connectPlain(at, peer, 5, { password: sas(2) });

    expect(await client.ending()).toBe(0x87);
    const refusal = await at.refusal("expired", peer.device.deviceId);
    expect(refusal.remedy).toContain("clock");
  });

  test("is refused with a wrong signature, recorded for the device that it claims to be", async () => {
    const { peer } = await sasDevice();
    const { sas } = await sasDevice();
    const client = await openPlain(at);
    const foreign = sas()
      .toString()
      .replace(/azure-\d+/, peer.device.deviceId);
    client.send(connectPacket(peer, 5, { password: Buffer.from(foreign) }));

    expect(await codeOf(client)).toBe(0x86);
    const refusal = await at.refusal("sas-signature", peer.device.deviceId);
    expect(refusal.deviceKey).toBe(peer.device.deviceKey);
    expect(`${refusal.detail}${refusal.remedy}${refusal.claimedId}`).not.toContain("sig=");
  });

  test("is disconnected when its key is revoked", async () => {
    const { peer, sas } = await sasDevice();
    const client = await connectPlain(at, peer, 5, { password: sas() });
    at.credentials.set(peer.device.deviceId, {
      device: peer.device,
      secretHashes: [],
      sasKeys: [],
    });

    at.listeners.deviceChanged(peer.device.deviceKey);

    expect(await client.ending()).toBe(0x98);
  });
});

test("a device's password opens the TLS port too, where no certificate was presented", async () => {
  const peer = await at.addDevice("password-1");
  const client = await openSecure(at, undefined);
  client.send(connectPacket(peer, 5));

  expect(await codeOf(client)).toBe(0);
  client.end();
});

describe("a service client", () => {
  const subscribe = (topic: string): Packet => ({
    cmd: "subscribe",
    messageId: 1,
    subscriptions: [{ topic, qos: 1 }],
  });

  test("comes in on the TLS port as well", async () => {
    const service = at.addService("over-tls", [["a/#", "s"]]);
    const client = await openSecure(at, undefined);
    client.send(serviceConnectPacket(service, 5));

    expect(await codeOf(client)).toBe(0);
    client.end();
  });

  test.each([
    ["password", 0x86, "bad-credentials"],
    ["name", 0x86, "unknown-service-client"],
  ])("with a wrong %s is refused with code %i", async (what, code, cause) => {
    const service = at.addService(`wrong-${what}`, []);
    const client = await openPlain(at);
    const wrong =
      what === "name" ? { username: "nobody@test" } : { password: Buffer.from("wrong") };
    client.send(serviceConnectPacket(service, 5, wrong));

    expect(await codeOf(client)).toBe(code);
    const named = what === "name" ? "nobody@test" : service.username;
    expect((await at.refusal(cause, named)).remedy).not.toBe("");
  });

  test("is disconnected when its password is revoked", async () => {
    const service = at.addService("revoked", [["a/#", "s"]]);
    const client = await connectService(at, service);
    const { principal } = service;
    at.serviceClients.set(service.username, { principal, state: "active", passwords: [] });

    at.listeners.serviceClientChanged(principal.serviceClientId);

    expect(await client.ending()).toBe(0x98);
  });

  test("does not get what was queued while it was away and its grants were taken", async () => {
    const service = at.addService("away", [
      ["a/#", "s"],
      ["b/#", "s"],
    ]);
    const lasting = { clean: false, properties: { sessionExpiryInterval: 600 } };
    const client = await connectService(at, service, 5, lasting);
    for (const filter of ["a/+", "b/+"]) {
      client.send(subscribe(filter));
      expect(await client.next()).toMatchObject({ cmd: "suback", granted: [1] });
    }
    client.end();
    await client.untilClosed();
    const sender = await connectService(at, at.addService("busy", [["+/z", "p"]]));
    for (const [index, topic] of ["a/z", "b/z"].entries()) {
      const messageId = index + 1;
      sender.send({
        cmd: "publish",
        topic,
        payload: topic,
        qos: 1,
        messageId,
        dup: false,
        retain: false,
      });
      expect(await sender.next()).toMatchObject({ cmd: "puback", messageId });
    }
    const record = at.serviceClients.get(service.username)!;
    const grants = service.principal.grants.filter(({ filter }) => filter === "b/#");
    const principal = { ...service.principal, grants };
    at.serviceClients.set(service.username, { ...record, principal });

    const again = await connectService(at, service, 5, lasting);

    expect(await again.next()).toMatchObject({ cmd: "publish", topic: "b/z" });
    expect(at.listeners.stats().dropped["not-allowed"]).toBe(1);
    again.end();
    sender.end();
  });

  test("loses the subscriptions that its grants do not cover any more, and keeps the others", async () => {
    const service = at.addService("shrunk", [
      ["a/#", "s"],
      ["b/#", "ps"],
    ]);
    const client = await connectService(at, service);
    for (const filter of ["a/x", "$share/g/a/+", "b/x"]) {
      client.send(subscribe(filter));
      expect(await client.next()).toMatchObject({ cmd: "suback", granted: [1] });
    }
    const record = at.serviceClients.get(service.username)!;
    const grants = service.principal.grants.filter(({ filter }) => filter === "b/#");
    at.serviceClients.set(service.username, {
      ...record,
      principal: { ...service.principal, grants },
    });

    at.listeners.serviceClientChanged(service.principal.serviceClientId);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const other = await connectService(at, at.addService("sender", [["+/x", "p"]]));
    for (const topic of ["a/x", "b/x"]) {
      other.send({ cmd: "publish", topic, payload: topic, qos: 0, dup: false, retain: false });
    }

    expect(await client.next()).toMatchObject({ cmd: "publish", topic: "b/x" });
    client.send(subscribe("a/y"));
    expect(await client.next()).toMatchObject({ cmd: "suback", granted: [0x87] });
    other.end();
    client.end();
  });
});

describe("who has proven nothing", () => {
  type Wrong = { readonly name: string; readonly packet: (peer: TestPeer) => Packet };
  const password = Buffer.from("guess");
  const wrongs: readonly Wrong[] = [
    { name: "a wrong password", packet: (peer) => connectPacket(peer, 5, { password }) },
    {
      name: "the name of nobody",
      packet: (peer) => connectPacket(peer, 5, { username: "nobody-here", password }),
    },
    {
      name: "the name of no service client",
      packet: (peer) => connectPacket(peer, 5, { username: "none@acme", password }),
    },
    {
      name: "a device without a password",
      packet: (peer) => {
        at.credentials.set(peer.device.deviceId, {
          device: peer.device,
          secretHashes: [],
          sasKeys: [],
        });
        return connectPacket(peer, 5, { password });
      },
    },
    {
      name: "a SAS token for a device without a key",
      packet: (peer) => {
        const sas = `SharedAccessSignature sr=x&sig=${encodeURIComponent(`${"A".repeat(43)}=`)}&se=9`;
        return connectPacket(peer, 5, { password: Buffer.from(sas) });
      },
    },
  ];

  test("is told the same for whatever is wrong, and after the same time", async () => {
    const answers = await Promise.all(
      wrongs.map(async ({ packet }, index) => {
        const peer = await at.addDevice(`unproven-${index}`);
        const client = await openPlain(at);
        const since = performance.now();
        client.send(packet(peer));
        const answer = await client.next();
        return { answer, early: performance.now() - since < 190 };
      }),
    );

    for (const { answer, early } of answers) {
      expect(answer).toEqual(answers[0]?.answer);
      expect(answer).toMatchObject({ cmd: "connack", reasonCode: 0x86 });
      expect(early).toBe(false);
    }
    expect(JSON.stringify(answers)).not.toContain("unproven-");
    // The record has the whole.
    await at.refusal("bad-credentials", "unproven-0 is wrong or was revoked");
    await at.refusal("bad-credentials", "There is no device “nobody-here”");
    await at.refusal("plain-not-allowed", "unproven-3");
  });
});
