import { expect, test } from "vitest";
import type { Asked, Caller } from "#server/gateway/enrol/dialect.ts";
import { dpsDialect } from "#server/gateway/enrol/dps.ts";
import { enrolledAs } from "#server/testing/enrolment-desk.ts";

const caller: Caller = {
  clientId: "pump-1",
  publicId: "scope-1",
  groupName: "Pumps",
  registration: { id: "pump-1", key: "c2VjcmV0" },
  before: { site: "north" },
  hub: "hub.example",
  now: new Date("2026-11-27T10:00:00Z"),
};
const register = "$dps/registrations/PUT/iotdps-register/?$rid=r-1";
const status = "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=r-2&operationId=abc";

function ask(topic: string, payload: string, by: Caller = caller): Asked {
  const door = dpsDialect.door(by, topic);
  if (door === undefined) throw new Error("No door.");
  return door(Buffer.from(payload), by);
}

function enrolOf(asked: Asked): Extract<Asked, { kind: "enrol" }> {
  if (asked.kind !== "enrol") throw new Error(`It was ${asked.kind}.`);
  return asked;
}

test("a registration asks for the derived key, with what its payload says", () => {
  const asked = ask(register, '{"registrationId":"pump-1","payload":{"site":"south","line":4}}');

  expect(enrolOf(asked).evidence).toEqual({
    registrationId: "pump-1",
    serial: "",
    subject: { commonName: "", organisation: "" },
    parameters: { site: "south", line: "4" },
    ask: { kind: "sas", key: "c2VjcmV0" },
  });
});

test("who asks again says nothing new: what was said before counts", () => {
  expect(enrolOf(ask(status, " ")).evidence.parameters).toEqual({ site: "north" });
});

test("an enrolled device is told its hub at once", () => {
  const asked = enrolOf(ask(register, '{"registrationId":"pump-1"}'));
  const full = { ...asked.evidence, transport: "mqtts", remote: "192.0.2.1" };

  const reply = asked.reply(enrolledAs(full), "");

  expect(reply.topic).toBe("$dps/registrations/res/200/?$rid=r-1");
  expect(JSON.parse(reply.payload.toString())).toMatchObject({
    status: "assigned",
    registrationState: {
      registrationId: "pump-1",
      deviceId: "pump-1",
      assignedHub: "hub.example",
      substatus: "initialAssignment",
      createdDateTimeUtc: "2026-11-27T10:00:00.000Z",
    },
  });
});

test("who waits for approval is told when to ask again", () => {
  const reply = enrolOf(ask(status, "")).reply(
    { state: "pending", requestId: "op-1", retryAfterSeconds: 60 },
    "",
  );

  expect(reply.topic).toBe("$dps/registrations/res/202/?$rid=r-2&retry-after=60");
  expect(JSON.parse(reply.payload.toString())).toEqual({
    operationId: "op-1",
    status: "assigning",
  });
});

test.each([
  ["denied", "403", ""],
  ["credential-expired", "401", ""],
  ["signer-unavailable", "503", "&retry-after=10"],
] as const)("%s: status %s", (reason, code, more) => {
  const reply = enrolOf(ask(register, "{}")).reply(
    { state: "refused", reason, detail: "“No” 😀.", remedy: "Do this." },
    "",
  );

  // Azure's SDKs read it as ASCII.
  expect(reply.payload.toString()).toMatch(/^[\x20-\x7e]+$/);
  expect(reply.topic).toBe(`$dps/registrations/res/${code}/?$rid=r-1${more}`);
  expect(JSON.parse(reply.payload.toString())).toMatchObject({
    errorCode: Number(code) * 1_000,
    message: "“No” 😀. Do this.",
  });
});

test.each([
  ["another device's id", '{"registrationId":"pump-2"}'],
  ["no JSON", "hello"],
  ["a list", "[]"],
  ["a payload of lists", '{"registrationId":"pump-1","payload":[1]}'],
])("%s is refused with 400", (_, payload) => {
  expect(ask(register, payload)).toMatchObject({
    kind: "refused",
    refused: { reason: "bad-registration-id" },
    reply: { topic: "$dps/registrations/res/400/?$rid=r-1" },
  });
});

test.each([
  "$dps/registrations/PUT/iotdps-register/",
  "$dps/registrations/PUT/iotdps-register/?$rid=",
  "$dps/registrations/PUT/iotdps-register/?$rid=a/b",
  "$dps/registrations/GET/other/?$rid=1",
])("%s is no topic of it", (topic) => {
  expect(dpsDialect.door(caller, topic)).toBeUndefined();
});
