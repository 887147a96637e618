import { expect, test } from "vitest";
import type { Asked, Caller } from "#server/gateway/enrol/dialect.ts";
import { nativeDialect } from "#server/gateway/enrol/native.ts";
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
const topic = "qs/v1/claim/claim-1/up/csr";

function ask(payload: string | object): Asked {
  const door = nativeDialect.door(caller, topic);
  if (door === undefined) throw new Error("No door.");
  return door(Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload)), caller);
}

function registrationOf(asked: Asked): unknown {
  return asked.kind === "enrol" ? asked.evidence.registrationId : asked;
}

test("requests are taken on the topic of the claim that was shown, and nowhere else", () => {
  for (const other of [
    "qs/v1/claim/claim-2/up/csr",
    `${topic}/`,
    "qs/v1/claim/claim-1/dn/issued",
  ]) {
    expect(nativeDialect.door(caller, other)).toBeUndefined();
  }
});

test("the device is what it says, else the common name, else the client id", async () => {
  const named = await makeRequest({ commonName: "pump-1" });
  const bare = await makeRequest({});

  expect(registrationOf(ask({ csr: named.csrPem, deviceId: "pump-7" }))).toBe("pump-7");
  expect(registrationOf(ask({ csr: named.csrPem }))).toBe("pump-1");
  expect(registrationOf(ask(named.csrPem))).toBe("pump-1");
  expect(registrationOf(ask(bare.csrPem))).toBe("client-9");
});

test("serial and parameters go along", async () => {
  const { csrPem } = await makeRequest({ commonName: "pump-1" });

  expect(ask({ csr: csrPem, serial: "S-1", parameters: { site: "north", line: 4 } })).toMatchObject(
    {
      evidence: {
        serial: "S-1",
        parameters: { site: "north", line: "4" },
        subject: { commonName: "pump-1", organisation: "" },
        ask: { kind: "csr", csrPem },
      },
    },
  );
});

test.each([
  ["nothing", ""],
  ["words", "hello"],
  ["no csr", { deviceId: "pump-1" }],
  [
    "DER that is none",
    { csr: "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----" },
  ],
  ["half a PEM", "-----BEGIN CERTIFICATE REQUEST-----\nMIIB"],
  ["nested parameters", { csr: "x", parameters: { a: { b: 1 } } }],
  ["too long", "x".repeat(40_000)],
])("%s is answered with a reason and what to send instead", (_, payload) => {
  const asked = ask(payload);

  expect(asked).toMatchObject({ kind: "refused", refused: { reason: "csr-refused" } });
  const { reply } = asked as Extract<Asked, { kind: "refused" }>;
  expect(reply.topic).toBe("qs/v1/claim/claim-1/dn/issued");
  expect(JSON.parse(reply.payload.toString())).toMatchObject({
    error: { reason: "csr-refused", remedy: expect.stringContaining("Send") },
  });
});

test("the certificate comes with its issuers; waiting and refusals say what to do", async () => {
  const { csrPem } = await makeRequest({ commonName: "pump-1" });
  const asked = ask(csrPem);
  if (asked.kind !== "enrol") throw new Error("It was not asked for.");
  const said = (answer: Parameters<typeof asked.reply>[0]): unknown =>
    JSON.parse(asked.reply(answer, "").payload.toString());

  const full = { ...asked.evidence, transport: "mqtts", remote: "192.0.2.1" };
  expect(said(enrolledAs(full))).toEqual({
    deviceId: "pump-1",
    certificate: "certificate of pump-1",
    chain: "chain",
    ca: "root",
  });
  expect(said({ state: "pending", requestId: "r", retryAfterSeconds: 60 })).toEqual({
    pending: true,
    retryAfterSeconds: 60,
  });
  expect(said({ state: "refused", reason: "denied", detail: "No.", remedy: "Ask." })).toEqual({
    error: { reason: "denied", detail: "No.", remedy: "Ask." },
  });
});
