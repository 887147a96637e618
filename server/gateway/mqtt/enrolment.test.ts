import { createHmac, randomBytes, randomUUID } from "node:crypto";
import type { Packet } from "mqtt-packet";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { mostRequests } from "#server/gateway/enrol/turn.ts";
import { deriveDeviceKey } from "#server/services/enrolment/group-key.ts";
import type { FoundCredential } from "#server/services/enrolment/answer.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import { enrolledAs, testGroup } from "#server/testing/enrolment-desk.ts";
import {
  connectPacket,
  openPlain,
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
afterEach(() => {
  at.clock.aheadMs = 0;
  at.enrolment.answer = enrolledAs;
});
afterAll(() => at.stop());

let count = 0;

/** A certificate of our CA that is in the registry of claim certificates only. */
async function addClaim(more: Partial<FoundCredential> = {}) {
  const publicId = `claim-${(count += 1)}`;
  const peer = await at.addDevice(publicId);
  at.certificates.delete(peer.sha256);
  at.credentials.delete(publicId);
  const credential: FoundCredential = {
    id: randomUUID(),
    group: testGroup(at.tenantId, { publicId, name: `Group ${count}` }),
    maxUses: null,
    uses: 0,
    expiresAt: new Date(Date.now() + 3_600_000),
    revokedAt: null,
    expectedSerials: [],
    ...more,
  };
  at.enrolment.claims.set(peer.sha256, credential);
  const topic = `qs/v1/claim/${publicId}`;
  return { peer, credential, asks: `${topic}/up/csr`, answers: `${topic}/dn/issued` };
}

type Connect = Partial<Extract<Packet, { cmd: "connect" }>>;

/** @returns the code of CONNACK */
async function connect(client: RawClient, peer: TestPeer, more: Connect = {}) {
  const bare = { username: undefined, password: undefined } as unknown as Connect;
  client.send(connectPacket(peer, client.version, { clientId: "any-client", ...bare, ...more }));
  const connack = await client.next();
  if (connack === "closed" || connack.cmd !== "connack") throw new Error("No CONNACK.");
  return connack.reasonCode ?? connack.returnCode ?? "closed";
}

async function connectClaim(peer: TestPeer, version: 4 | 5 = 5, more: Connect = {}) {
  const client = await openSecure(at, peer, { version });
  expect(await connect(client, peer, more)).toBe(0);
  return client;
}

async function subscribe(client: RawClient, topic: string, qos: 0 | 1 | 2 = 1) {
  client.send({ cmd: "subscribe", messageId: 9, subscriptions: [{ topic, qos }] });
  const suback = await client.next();
  if (suback === "closed" || suback.cmd !== "suback") throw new Error("No SUBACK.");
  return suback.granted[0];
}

function publish(client: RawClient, topic: string, payload: string, qos: 0 | 1 | 2 = 1): void {
  client.send({
    cmd: "publish",
    topic,
    payload,
    qos,
    dup: false,
    retain: false,
    ...(qos === 0 ? {} : { messageId: 1 }),
  });
}

/** The next packets by their names, with what a PUBLISH says. */
async function take(client: RawClient, many: number) {
  const packets: Packet[] = [];
  while (packets.length < many) {
    const packet = await client.next();
    if (packet === "closed") throw new Error("The connection was closed.");
    packets.push(packet);
  }
  return packets;
}

function bodyOf(packets: readonly Packet[]): unknown {
  const packet = packets.find(({ cmd }) => cmd === "publish");
  if (packet?.cmd !== "publish") throw new Error("Nothing was published.");
  return JSON.parse(packet.payload.toString());
}

describe("a device with a claim certificate", () => {
  test.each([5, 4] as const)("gets its certificate, MQTT version %d", async (version) => {
    const { peer, credential, asks, answers } = await addClaim();
    const { csrPem } = await makeRequest({ commonName: "pump-1" });
    const client = await connectClaim(peer, version);
    await subscribe(client, answers);

    publish(client, asks, csrPem);

    const packets = await take(client, 2);
    expect(packets.map(({ cmd }) => cmd)).toEqual(["publish", "puback"]);
    expect(bodyOf(packets)).toMatchObject({ deviceId: "pump-1", ca: "root" });
    expect(at.enrolment.asked.at(-1)).toMatchObject({
      registrationId: "pump-1",
      transport: "mqtts",
      remote: "127.0.0.1",
      credential: { id: credential.id },
    });
    client.end();
  });

  test("hears at the QoS of its subscription, and asks with QoS 2 as well", async () => {
    const { peer, asks, answers } = await addClaim();
    const { csrPem } = await makeRequest({ commonName: "pump-2" });
    const client = await connectClaim(peer);
    await subscribe(client, answers, 0);

    publish(client, asks, csrPem, 2);

    const packets = await take(client, 2);
    expect(packets).toMatchObject([
      { cmd: "publish", qos: 0 },
      { cmd: "pubrec", reasonCode: 0 },
    ]);
    client.send({ cmd: "pubrel", messageId: 1 });
    expect(await client.next()).toMatchObject({ cmd: "pubcomp", reasonCode: 0 });
    client.end();
  });

  test("does both steps of AWS's fleet provisioning", async () => {
    const { peer, credential } = await addClaim();
    const { csrPem } = await makeRequest({ commonName: "pump-3" });
    const first = "$aws/certificates/create-from-csr/json";
    const second = `$aws/provisioning-templates/${credential.group.name}/provision/json`;
    const client = await connectClaim(peer, 4);
    for (const topic of [first, second]) {
      expect(await subscribe(client, `${topic}/accepted`)).toBe(1);
      expect(await subscribe(client, `${topic}/rejected`)).toBe(1);
    }

    publish(client, first, JSON.stringify({ certificateSigningRequest: csrPem }));
    const { certificateOwnershipToken } = bodyOf(await take(client, 2)) as {
      certificateOwnershipToken: string;
    };
    publish(client, second, JSON.stringify({ certificateOwnershipToken, parameters: {} }));

    expect(bodyOf(await take(client, 2))).toEqual({
      deviceConfiguration: {},
      thingName: "pump-3",
    });
    client.end();
  });

  test("that did not subscribe is acknowledged, and its reply goes nowhere", async () => {
    const { peer, asks, answers } = await addClaim();
    const { csrPem } = await makeRequest({ commonName: "pump-4" });
    const other = await connectClaim(peer, 5, { clientId: "other" });
    await subscribe(other, answers);
    const client = await connectClaim(peer, 5, { clientId: "asking" });

    publish(client, asks, csrPem);

    expect(await take(client, 1)).toMatchObject([{ cmd: "puback" }]);
    other.send({ cmd: "pingreq" });
    expect(await other.next()).toMatchObject({ cmd: "pingresp" });
    client.end();
    other.end();
  });

  test("that is refused is told why, and it stands under the refused connections", async () => {
    const { peer, asks, answers } = await addClaim();
    const { csrPem } = await makeRequest({ commonName: "pump-5" });
    at.enrolment.answer = () => ({
      state: "refused",
      reason: "credential-used-up",
      detail: "The claim certificate of pump-5 is used up.",
      remedy: "Make another one.",
    });
    const client = await connectClaim(peer);
    await subscribe(client, answers);

    publish(client, asks, csrPem);

    expect(bodyOf(await take(client, 2))).toMatchObject({
      error: { reason: "credential-used-up" },
    });
    const refusal = await at.refusal("enrolment-refused", "pump-5");
    expect(refusal).toMatchObject({ tenantId: at.tenantId, remedy: "Make another one." });
    client.end();
  });

  test("asks in vain while nobody can enrol: nothing is acknowledged", async () => {
    const { peer, asks } = await addClaim();
    const { csrPem } = await makeRequest({ commonName: "pump-6" });
    at.enrolment.answer = () => Promise.reject(new Error("away"));
    const client = await connectClaim(peer);

    publish(client, asks, csrPem);

    expect(await client.ending()).toBe(0x89);
  });
});

describe("a claim certificate opens nothing else", () => {
  test.each([
    ["telemetry", "qs/v1/d/any-client/up/telemetry"],
    ["another claim's topic", "qs/v1/claim/claim-0/up/csr"],
    ["AWS's certificate with a key of the server", "$aws/certificates/create/json"],
    ["a registration by symmetric key", "$dps/registrations/PUT/iotdps-register/?$rid=1"],
  ])("%s is refused, said in words, and counted nowhere", async (_, topic) => {
    const { peer } = await addClaim();
    const before = at.ingest.rejected.length + at.ingest.accepted.length;
    const client = await connectClaim(peer);

    publish(client, topic, "{}");

    expect(await client.next()).toMatchObject({ cmd: "puback", reasonCode: 0x87 });
    const refusal = await at.refusal("publish-not-allowed", topic);
    expect(refusal.remedy).toContain("only enrols");
    expect(at.ingest.rejected.length + at.ingest.accepted.length).toBe(before);
    client.end();
  });

  test.each([
    "qs/v1/d/+/up/#",
    "#",
    "$share/g/qs/v1/claim/x/dn/issued",
    "$aws/#",
    "qs/v1/claim/+/dn/#",
  ])("%s is no filter for it", async (filter) => {
    const { peer } = await addClaim();
    const client = await connectClaim(peer);

    expect(await subscribe(client, filter)).toBe(0x87);
    client.end();
  });

  test("no will", async () => {
    const { peer, asks } = await addClaim();
    const client = await openSecure(at, peer);
    const will = { topic: asks, payload: Buffer.from("x"), qos: 1 as const, retain: false };

    expect(await connect(client, peer, { will })).toBe(0x87);
  });

  test("no session that is kept, and nothing in the store", async () => {
    const { peer, answers } = await addClaim();
    const kept = at.store.sessions().length;
    const first = await connectClaim(peer, 4, { clean: false });
    await subscribe(first, answers);
    expect(at.store.sessions().length).toBe(kept);
    first.end();
    await first.untilClosed();
    const again = await openSecure(at, peer, { version: 4 });
    again.send(
      connectPacket(peer, 4, {
        clientId: "any-client",
        clean: false,
        username: "",
        password: Buffer.of(),
      }),
    );

    expect(await again.next()).toMatchObject({ returnCode: 0, sessionPresent: false });
    again.end();
  });

  test("only so many questions", async () => {
    const { peer, asks } = await addClaim();
    const client = await connectClaim(peer);
    for (let asked = 0; asked <= mostRequests; asked += 1) publish(client, asks, "hello", 0);

    expect(await client.ending()).toBe(0x97);
  });

  test("only a few minutes", async () => {
    const { peer } = await addClaim();
    const client = await connectClaim(peer, 5, { keepalive: 0 });
    at.clock.aheadMs = 301_000;

    expect(await client.ending()).toBe(0xa0);
  });
});

describe("a claim certificate that does not count", () => {
  test.each([
    ["revoked", { revokedAt: new Date(0) }, "revoked"],
    ["expired", { expiresAt: new Date(1) }, "expired"],
    [
      "of a group that is disabled",
      { group: testGroup("t", { enabled: false, name: "Closed" }) },
      "enrolment-refused",
    ],
    [
      "of a group of another kind",
      { group: testGroup("t", { kind: "customer_ca" }) },
      "enrolment-refused",
    ],
  ] as const)("%s: refused at CONNECT", async (_, more, cause) => {
    const { peer } = await addClaim(more);
    const client = await openSecure(at, peer);

    expect(await connect(client, peer)).toBe(0x87);
    expect((await at.refusal(cause, "")).remedy).not.toBe("");
  });

  test("is disconnected when it is revoked meanwhile", async () => {
    const { peer, credential } = await addClaim();
    const client = await connectClaim(peer);
    at.enrolment.claims.set(peer.sha256, { ...credential, revokedAt: new Date() });

    at.listeners.recheck();

    expect(await client.ending()).toBe(0x98);
  });
});

describe("a device of a symmetric-key group", () => {
  const register = "$dps/registrations/PUT/iotdps-register/?$rid=r-1";
  const answers = "$dps/registrations/res/#";

  /** A group, and how one of its devices signs. */
  function addGroup(more: Parameters<typeof testGroup>[1] = {}) {
    const idScope = `scope-${(count += 1)}`;
    const key = randomBytes(64);
    const group = testGroup(at.tenantId, { kind: "symmetric_key", publicId: idScope, ...more });
    at.enrolment.registrars.set(idScope, { group, keys: [randomBytes(64), key] });
    const sas = (registrationId: string, named = registrationId, lifeSeconds = 60): Buffer => {
      const sr = encodeURIComponent(`${idScope}/registrations/${named}`);
      const se = Math.floor(Date.now() / 1_000) + lifeSeconds;
      const device = Buffer.from(deriveDeviceKey(key, registrationId), "base64");
      const sig = createHmac("sha256", device).update(`${sr}\n${se}`).digest("base64");
      return Buffer.from(
        `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${se}&skn=registration`,
      );
    };
    return { idScope, key, sas };
  }

  function packet(idScope: string, registrationId: string, password: Buffer): Packet {
    const username = `${idScope}/registrations/${registrationId}/api-version=2019-03-31&ClientVersion=x`;
    return {
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      clientId: registrationId,
      keepalive: 60,
      username,
      password,
    };
  }

  async function codeOf(client: RawClient) {
    const connack = await client.next();
    return connack !== "closed" && connack.cmd === "connack" ? connack.returnCode : connack;
  }

  test("registers and is told its hub", async () => {
    const { idScope, key, sas } = addGroup();
    const client = await openSecure(at, undefined, { version: 4, servername: "localhost" });
    client.send(packet(idScope, "valve-1", sas("valve-1")));
    expect(await codeOf(client)).toBe(0);
    expect(await subscribe(client, answers)).toBe(1);

    publish(client, register, '{"registrationId":"valve-1"}');

    expect(bodyOf(await take(client, 2))).toMatchObject({
      status: "assigned",
      registrationState: { deviceId: "valve-1", assignedHub: "localhost" },
    });
    expect(at.enrolment.asked.at(-1)).toMatchObject({
      registrationId: "valve-1",
      ask: { kind: "sas", key: deriveDeviceKey(key, "valve-1") },
    });
    client.end();
  });

  test("may not bring a signing request", async () => {
    const { idScope, sas } = addGroup();
    const client = await openPlain(at, 4);
    client.send(packet(idScope, "valve-2", sas("valve-2")));
    expect(await codeOf(client)).toBe(0);

    publish(client, `qs/v1/claim/${idScope}/up/csr`, "x");

    expect(await client.next()).toBe("closed");
    await at.refusal("publish-not-allowed", "valve-2");
  });

  test.each([
    [
      "a key of another device",
      (group: ReturnType<typeof addGroup>) => group.sas("valve-9", "valve-3"),
      "sas-signature",
      4,
    ],
    [
      "a token of another device",
      (group: ReturnType<typeof addGroup>) => group.sas("valve-3", "valve-4"),
      "sas-other-device",
      4,
    ],
    [
      "a token whose time is over",
      (group: ReturnType<typeof addGroup>) => group.sas("valve-3", "valve-3", -5),
      "expired",
      5,
    ],
    ["no token", () => Buffer.from("password"), "sas-malformed", 4],
  ] as const)("%s: refused", async (_, password, cause, code) => {
    const group = addGroup();
    const client = await openPlain(at, 4);
    client.send(packet(group.idScope, "valve-3", password(group)));

    expect(await codeOf(client)).toBe(code);
    await at.refusal(cause, "valve-3");
  });

  test("an id scope that nobody has is told as a wrong token is", async () => {
    const { sas } = addGroup();
    const client = await openPlain(at, 4);
    client.send(packet("scope-0", "valve-5", sas("valve-5")));

    expect(await codeOf(client)).toBe(4);
    await at.refusal("bad-credentials", "scope-0");
  });

  test("a group that is disabled takes nobody, and says so to whoever has its key", async () => {
    const { idScope, sas } = addGroup({ enabled: false, name: "Sleeping" });
    const client = await openPlain(at, 4);
    client.send(packet(idScope, "valve-6", sas("valve-6")));

    expect(await codeOf(client)).toBe(5);
    await at.refusal("enrolment-refused", "Sleeping");
  });
});
