import { randomUUID } from "node:crypto";
import type { Packet } from "mqtt-packet";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { decodePem } from "#server/pki/pem.ts";
import type { RenewedCertificate } from "#server/services/certificate/answer-renewal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import {
  connectPacket,
  connectPlain,
  openSecure,
  startTestListeners,
  type RawClient,
  type TestListeners,
  type TestPeer,
} from "#server/testing/test-listeners.ts";

let at: TestListeners;
let csrPem: string;
let count = 0;

beforeAll(async () => {
  at = await startTestListeners();
  ({ csrPem } = await makeRequest({}));
});
afterEach(() => {
  at.clock.aheadMs = 0;
});
afterAll(() => at.stop());

const renewed: RenewedCertificate = {
  certificateId: randomUUID(),
  certificatePem: "certificate",
  chainPem: "chain",
  caPem: "root",
  sha256: "aa",
  notAfter: "2030-01-01T00:00:00.000Z",
  repeated: false,
};

const issueAll = () => ({
  renew: () => Promise.resolve(renewed),
  redeem: () => Promise.resolve(renewed),
});

type Publish = Extract<Packet, { cmd: "publish" }>;

async function connected(version: 4 | 5 = 5): Promise<{ client: RawClient; peer: TestPeer }> {
  const peer = await at.addDevice(`renewing-${(count += 1)}`);
  const client = await openSecure(at, peer, { version });
  const bare = { username: undefined, password: undefined } as never;
  client.send(connectPacket(peer, version, bare));
  expect(await client.next()).toMatchObject({ cmd: "connack" });
  return { client, peer };
}

async function subscribed(client: RawClient, { device }: TestPeer): Promise<void> {
  const topic = `qs/v1/d/${device.deviceId}/dn/certificate/#`;
  client.send({ cmd: "subscribe", messageId: 9, subscriptions: [{ topic, qos: 1 }] });
  expect(await client.next()).toMatchObject({ cmd: "suback" });
}

function ask(
  client: RawClient,
  { device }: TestPeer,
  payload: string | Buffer,
  qos: 0 | 1 | 2 = 1,
) {
  client.send({
    cmd: "publish",
    topic: `qs/v1/d/${device.deviceId}/up/certificate/csr`,
    payload,
    qos,
    ...(qos === 0 ? {} : { messageId: 5 }),
    dup: false,
    retain: false,
  } as Packet);
}

/** The answer and the acknowledgement, in whatever order. */
async function answers(client: RawClient, topic: string) {
  const packets = [await client.next(), await client.next()] as Packet[];
  const said = packets.find(({ cmd }) => cmd === "publish") as Publish | undefined;
  expect(said?.topic.endsWith(topic)).toBe(true);
  const told = packets.find(({ cmd }) => cmd !== "publish");
  return { body: JSON.parse(String(said?.payload)) as Record<string, unknown>, told };
}

test.each([
  ["PEM", () => csrPem],
  ["DER", () => Buffer.from(decodePem(csrPem, ["CERTIFICATE REQUEST"])!)],
  ["JSON", () => JSON.stringify({ csr: csrPem })],
])(
  "a request as %s is answered with the certificate that follows the one shown",
  async (_, form) => {
    const { client, peer } = await connected();
    await subscribed(client, peer);
    const shown: unknown[] = [];
    at.renewing.desk = {
      ...issueAll(),
      renew: (device, { sha256 }) => {
        shown.push([device.id, sha256]);
        return Promise.resolve(renewed);
      },
    };

    ask(client, peer, form());

    const { body, told } = await answers(client, "/dn/certificate/issued");
    const { certificateId: id, certificatePem, chainPem, notAfter } = renewed;
    expect(body).toMatchObject({ id, certificate: certificatePem, chain: chainPem, notAfter });
    expect(told).toMatchObject({ cmd: "puback", messageId: 5, reasonCode: 0 });
    expect(shown).toEqual([[peer.device.id, peer.sha256]]);
    expect(at.ingest.accepted).toEqual([]);
    client.end();
  },
);

test("with QoS 2 it is received once, and with QoS 0 answered all the same", async () => {
  const { client, peer } = await connected();
  await subscribed(client, peer);
  at.renewing.desk = issueAll();

  ask(client, peer, csrPem, 2);
  const { told } = await answers(client, "/dn/certificate/issued");
  expect(told).toMatchObject({ cmd: "pubrec", messageId: 5 });
  client.send({ cmd: "pubrel", messageId: 5 });
  expect(await client.next()).toMatchObject({ cmd: "pubcomp", messageId: 5, reasonCode: 0 });

  ask(client, peer, csrPem, 0);
  expect(await client.next()).toMatchObject({ cmd: "publish" });
  client.end();
});

test.each([
  ["what cannot be read", "hello", "bad-request", 0x99],
  ["a request that breaks policy", "invalid", "csr-refused", 0x99],
  ["a device that may have none", "conflict", "not-allowed", 0x87],
  ["an absent signer", "unavailable", "unavailable", 0x83],
] as const)("%s is refused in words", async (_, what, code, reasonCode) => {
  const { client, peer } = await connected();
  await subscribed(client, peer);
  if (what !== "hello") {
    const refuse = () => Promise.reject(new ServiceError(what, "No.", { remedy: "Do that." }));
    at.renewing.desk = { renew: refuse, redeem: refuse };
  }

  ask(client, peer, what === "hello" ? what : csrPem);

  const { body, told } = await answers(client, "/dn/certificate/refused");
  expect(body).toMatchObject({ code, message: expect.any(String), remedy: expect.any(String) });
  expect(told).toMatchObject({ cmd: "puback", messageId: 5, reasonCode });
  const record = await at.refusal(code === "unavailable" ? "unavailable" : "renewal-refused");
  expect(record.deviceKey).not.toBeNull();
  client.end();
});

test("MQTT 3.1.1 is acknowledged, and told by the answer", async () => {
  const { client, peer } = await connected(4);
  await subscribed(client, peer);
  ask(client, peer, "hello");
  const { body, told } = await answers(client, "/dn/certificate/refused");
  expect(body).toMatchObject({ code: "bad-request" });
  expect(told).toMatchObject({ cmd: "puback", messageId: 5 });
  client.end();
});

test("who does not listen is told so in the acknowledgement", async () => {
  const { client, peer } = await connected();
  at.renewing.desk = issueAll();
  ask(client, peer, csrPem);
  expect(await client.next()).toMatchObject({
    cmd: "puback",
    reasonCode: 0x10,
    properties: { reasonString: expect.stringContaining("subscribe to qs/v1/d/") },
  });
  client.end();
});

test("a session without a certificate needs a ticket", async () => {
  const peer = await at.addDevice(`renewing-${(count += 1)}`);
  const client = await connectPlain(at, peer);
  await subscribed(client, peer);
  const codes: string[] = [];
  at.renewing.desk = {
    ...issueAll(),
    redeem: (_, { code }) => {
      codes.push(code);
      return Promise.resolve(renewed);
    },
  };
  ask(client, peer, csrPem);
  const { body } = await answers(client, "/dn/certificate/refused");
  expect(body).toMatchObject({ code: "certificate-required" });
  ask(client, peer, JSON.stringify({ csr: csrPem, ticket: "qst_x" }));
  await answers(client, "/dn/certificate/issued");
  expect(codes).toEqual(["qst_x"]);
  client.end();
});

test("who asks again and again is slowed down", async () => {
  const { client, peer } = await connected();
  await subscribed(client, peer);
  at.renewing.desk = issueAll();
  for (let times = 0; times < 6; times += 1) {
    ask(client, peer, csrPem);
    await answers(client, "/dn/certificate/issued");
  }
  ask(client, peer, csrPem);
  const { body, told } = await answers(client, "/dn/certificate/refused");
  expect(body).toMatchObject({ code: "rate", retryAfterSeconds: 60 });
  expect(told).toMatchObject({ reasonCode: 0x97 });
  client.end();
});

test("a session ends with its certificate, and is told why", async () => {
  const { client, peer } = await connected();
  at.clock.aheadMs = 31 * 86_400_000;
  expect(await client.next()).toMatchObject({
    cmd: "disconnect",
    reasonCode: 0x87,
    properties: { reasonString: expect.stringContaining(`of ${peer.device.deviceId} expired on`) },
  });
  const record = await at.refusal("expired");
  expect(record.claimedId).toBe(peer.device.deviceId);
});
