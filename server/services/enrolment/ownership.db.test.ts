import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { findClaimCertificate } from "#server/db/find-enrolment.ts";
import { withTenant } from "#server/db/tenant.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import type { Context } from "#server/services/context.ts";
import type { FoundGroup } from "#server/services/enrolment/answer.ts";
import { createEnrolmentGroup } from "#server/services/enrolment/create-group.ts";
import { createClaimCertificate } from "#server/services/enrolment/create-claim-certificate.ts";
import { enrol } from "#server/services/enrolment/enrol.ts";
import { giveOwnership, redeemOwnership } from "#server/services/enrolment/ownership.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let other: TestTenant;
let now = new Date();
let ctx: Context;
let group: FoundGroup;
let requestId: string;

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  ctx = acme.ctx("admin", { signer: ca.signer, now: () => now });
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});
beforeEach(async () => {
  now = new Date();
  ({ group, requestId } = await enrolOne());
});

/** A device that was enrolled by a claim certificate. */
async function enrolOne() {
  const { id } = await createEnrolmentGroup(ctx, {
    name: randomUUID(),
    kind: "claim",
    rules: { profileId: acme.profileId },
    notes: "",
  });
  const claim = await createClaimCertificate(ctx, { groupId: id, name: "Line 1", days: 30 });
  const { sha256 } = describeCertificate(claim.certificatePem);
  const credential = await findClaimCertificate(database.ingest, sha256);
  if (credential === undefined) throw new Error("The claim certificate is not there.");
  const commonName = `pump-${randomUUID().slice(0, 8)}`;
  const { csrPem } = await makeRequest({ commonName });
  const answer = await enrol(ctx, credential.group, {
    registrationId: commonName,
    serial: "",
    subject: { commonName, organisation: "" },
    parameters: {},
    ask: { kind: "csr", csrPem },
    credential,
    transport: "mqtts",
    remote: "192.0.2.1",
  });
  if (answer.state !== "enrolled") throw new Error(`It is ${answer.state}.`);
  return { group: credential.group, requestId: answer.requestId, deviceId: commonName };
}

it("the token of the first step names the device in the second one, as often as it is shown", async () => {
  const { deviceId, ...made } = await enrolOne();
  const token = await giveOwnership(ctx, made.requestId);

  expect(await redeemOwnership(ctx, made.group, token)).toBe(deviceId);
  expect(await redeemOwnership(ctx, made.group, token)).toBe(deviceId);
});

it("a newer token of the same request replaces the older one", async () => {
  const first = await giveOwnership(ctx, requestId);
  const second = await giveOwnership(ctx, requestId);

  expect(await redeemOwnership(ctx, group, first)).toBeUndefined();
  expect(await redeemOwnership(ctx, group, second)).toBeDefined();
});

it("a token counts for an hour, in its own group and organisation", async () => {
  const token = await giveOwnership(ctx, requestId);
  const stranger = other.ctx("admin", { signer: ca.signer });

  expect(await redeemOwnership(stranger, group, token)).toBeUndefined();
  expect(await redeemOwnership(ctx, { id: randomUUID() }, token)).toBeUndefined();
  expect(await redeemOwnership(ctx, group, "another")).toBeUndefined();
  now = new Date(now.getTime() + 3_600_001);
  expect(await redeemOwnership(ctx, group, token)).toBeUndefined();
});

it("the token itself is not kept", async () => {
  const token = await giveOwnership(ctx, requestId);
  const kept = await withTenant(ctx, (tx) =>
    tx.enrolmentRequest.findFirstOrThrow({ where: { tenantId: ctx.tenantId, id: requestId } }),
  );

  expect(Buffer.from(kept.ownershipHash ?? []).toString()).not.toContain(token);
  expect(kept.ownershipHash).toHaveLength(32);
});
