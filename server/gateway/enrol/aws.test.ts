import { decode, encode } from "cbor-x";
import { expect, test } from "vitest";
import { awsDialect } from "#server/gateway/enrol/aws.ts";
import type { Asked, Caller } from "#server/gateway/enrol/dialect.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import { enrolledAs } from "#server/testing/enrolment-desk.ts";

const caller: Caller = {
  clientId: "client-9",
  publicId: "claim-1",
  groupName: "Pumps",
  registration: undefined,
  before: {},
  hub: "localhost",
  now: new Date(0),
};
const certificates = "$aws/certificates/create-from-csr";
const provision = "$aws/provisioning-templates/Pumps/provision";

function ask(topic: string, payload: Buffer): Asked {
  const door = awsDialect.door(caller, topic);
  if (door === undefined) throw new Error("No door.");
  return door(payload, caller);
}

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

test.each([
  [`${certificates}/json`, true],
  [`${certificates}/cbor`, true],
  [`${provision}/json`, true],
  ["$aws/provisioning-templates/claim-1/provision/cbor", true],
  ["$aws/provisioning-templates/Valves/provision/json", false],
  ["$aws/certificates/create/json", false],
  [`${certificates}/json/accepted`, false],
])("%s: %s", (topic, isDoor) => {
  expect(awsDialect.door(caller, topic) !== undefined).toBe(isDoor);
});

test.each(["json", "cbor"] as const)("both steps in %s", async (format) => {
  const write = (value: object): Buffer => (format === "json" ? json(value) : encode(value));
  const read = (bytes: Buffer): unknown =>
    format === "json" ? JSON.parse(bytes.toString()) : decode(bytes);
  const { csrPem } = await makeRequest({ commonName: "pump-1" });

  const first = ask(`${certificates}/${format}`, write({ certificateSigningRequest: csrPem }));
  if (first.kind !== "enrol") throw new Error("It was not asked for.");
  expect(first).toMatchObject({ inTwoSteps: true, evidence: { registrationId: "pump-1" } });
  const full = { ...first.evidence, transport: "mqtts", remote: "192.0.2.1" };
  const accepted = first.reply(enrolledAs(full), "token-1");
  expect(accepted.topic).toBe(`${certificates}/${format}/accepted`);
  expect(read(accepted.payload)).toEqual({
    certificateId: expect.stringMatching(/^[0-9a-f]{64}$/),
    certificatePem: "certificate of pump-1",
    certificateOwnershipToken: "token-1",
  });

  const second = ask(
    `${provision}/${format}`,
    write({ certificateOwnershipToken: "token-1", parameters: { SerialNumber: "S-1" } }),
  );
  if (second.kind !== "redeem") throw new Error("The token was not read.");
  expect(second.token).toBe("token-1");
  const named = second.reply("pump-1");
  expect(named.topic).toBe(`${provision}/${format}/accepted`);
  expect(read(named.payload)).toEqual({ deviceConfiguration: {}, thingName: "pump-1" });
  expect(second.reply(undefined).topic).toBe(`${provision}/${format}/rejected`);
});

test("without a common name the client id says which device it is", async () => {
  const { csrPem } = await makeRequest({});

  expect(ask(`${certificates}/json`, json({ certificateSigningRequest: csrPem }))).toMatchObject({
    evidence: { registrationId: "client-9" },
  });
});

test.each([
  ["pending", 202, "ApprovalPending"],
  ["csr-refused", 400, "CsrRefused"],
  ["limit-reached", 403, "LimitReached"],
  ["id-taken", 409, "IdTaken"],
  ["signer-unavailable", 503, "SignerUnavailable"],
] as const)("%s is rejected with %d %s", async (reason, statusCode, errorCode) => {
  const { csrPem } = await makeRequest({ commonName: "pump-1" });
  const asked = ask(`${certificates}/json`, json({ certificateSigningRequest: csrPem }));
  if (asked.kind !== "enrol") throw new Error("It was not asked for.");

  const reply = asked.reply(
    reason === "pending"
      ? { state: "pending", requestId: "r", retryAfterSeconds: 30 }
      : { state: "refused", reason, detail: "No.", remedy: "Do this." },
    "",
  );

  expect(reply.topic).toBe(`${certificates}/json/rejected`);
  expect(JSON.parse(reply.payload.toString())).toMatchObject({ statusCode, errorCode });
});

test.each([
  ["no JSON", Buffer.from("hello")],
  ["a list", Buffer.from("[]")],
  ["no request", json({})],
  ["a request that is none", json({ certificateSigningRequest: "x" })],
])("%s is rejected in the first step", (_, payload) => {
  expect(ask(`${certificates}/json`, payload)).toMatchObject({
    kind: "refused",
    reply: { topic: `${certificates}/json/rejected` },
  });
});

test.each([
  ["no token", json({ parameters: {} })],
  ["parameters that are no texts", json({ certificateOwnershipToken: "t", parameters: [1] })],
  ["no JSON", Buffer.from("{")],
])("%s is rejected in the second step", (_, payload) => {
  expect(ask(`${provision}/json`, payload)).toMatchObject({
    kind: "refused",
    reply: { topic: `${provision}/json/rejected` },
  });
});

test("a group whose name is no topic level is called by its id alone", () => {
  const owner = { publicId: "claim-1", groupName: "Pumps/North" };

  expect(awsDialect.answers(owner)).toHaveLength(8);
  expect(awsDialect.door(owner, "$aws/provisioning-templates/Pumps/North/provision/json")).toBe(
    undefined,
  );
});
