import fc from "fast-check";
import { expect, it } from "vitest";
import { awsDialect } from "#server/gateway/enrol/aws.ts";
import type { Asked, Caller, Dialect } from "#server/gateway/enrol/dialect.ts";
import { dpsDialect } from "#server/gateway/enrol/dps.ts";
import { nativeDialect } from "#server/gateway/enrol/native.ts";
import { decodePem, encodePem } from "#server/pki/pem.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";

const caller: Caller = {
  clientId: "client-1",
  publicId: "claim-1",
  groupName: "Pumps",
  registration: { id: "pump-1", key: "c2VjcmV0" },
  before: {},
  hub: "localhost",
  now: new Date(0),
};

const topics: readonly (readonly [Dialect, string])[] = [
  [nativeDialect, "qs/v1/claim/claim-1/up/csr"],
  [awsDialect, "$aws/certificates/create-from-csr/json"],
  [awsDialect, "$aws/certificates/create-from-csr/cbor"],
  [awsDialect, "$aws/provisioning-templates/Pumps/provision/json"],
  [awsDialect, "$aws/provisioning-templates/Pumps/provision/cbor"],
  [dpsDialect, "$dps/registrations/PUT/iotdps-register/?$rid=1"],
  [dpsDialect, "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=1&operationId=2"],
];

/** How many doors read the payload, or refused it with a reply. */
function answeredBy(payload: Buffer): number {
  const asked = topics.map(([dialect, topic]): Asked | undefined =>
    dialect.door(caller, topic)?.(payload, caller),
  );
  return asked.filter(
    (one) => one !== undefined && (one.kind !== "refused" || one.reply.payload.length > 0),
  ).length;
}

const bytes = fc.uint8Array({ maxLength: 2_000 }).map((some) => Buffer.from(some));
const body = fc
  .record(
    {
      csr: fc.jsonValue(),
      deviceId: fc.jsonValue(),
      serial: fc.jsonValue(),
      parameters: fc.jsonValue(),
      certificateSigningRequest: fc.jsonValue(),
      certificateOwnershipToken: fc.jsonValue(),
      registrationId: fc.jsonValue(),
      payload: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .map((value) => Buffer.from(JSON.stringify(value)));

it("whatever is published is read or refused, with a reply either way", () => {
  fc.assert(
    fc.property(fc.oneof(bytes, body), (payload) => {
      expect(answeredBy(payload)).toBe(topics.length);
    }),
    { numRuns: 500 },
  );
});

it("a damaged signing request is no fault of ours", async () => {
  const { csrPem } = await makeRequest({ commonName: "pump-1", greedy: true });
  const der = decodePem(csrPem, ["CERTIFICATE REQUEST"]) ?? new Uint8Array();
  const damage = fc.array(fc.tuple(fc.nat(der.length - 1), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(damage, fc.nat(der.length), (changes, length) => {
      const damaged = der.slice(0, length === 0 ? der.length : length);
      for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
      const csr = encodePem("CERTIFICATE REQUEST", damaged);
      const inJson = JSON.stringify({ csr, certificateSigningRequest: csr });
      expect(answeredBy(Buffer.from(csr))).toBe(topics.length);
      expect(answeredBy(Buffer.from(inJson))).toBe(topics.length);
    }),
    { numRuns: 500 },
  );
});
