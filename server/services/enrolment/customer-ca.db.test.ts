import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findAuthorities } from "#server/db/find-enrolment.ts";
import { withTenant } from "#server/db/tenant.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { recordAuthorities } from "#server/pki/record-authorities.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import type { Context } from "#server/services/context.ts";
import { createDeviceWithCertificate } from "#server/services/device/create-with-certificate.ts";
import type { EnrolmentEvidence, FoundGroup } from "#server/services/enrolment/answer.ts";
import { enrol } from "#server/services/enrolment/enrol.ts";
import { previewEnrolment } from "#server/services/enrolment/preview.ts";
import { proveCustomerCa } from "#server/services/enrolment/prove-customer-ca.ts";
import { registerCustomerCa } from "#server/services/enrolment/register-customer-ca.ts";
import { removeCustomerCa } from "#server/services/enrolment/remove-customer-ca.ts";
import { setCustomerCaState } from "#server/services/enrolment/set-customer-ca-state.ts";
import { showEnrolmentGroup } from "#server/services/enrolment/show-group.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import {
  freshKeys,
  makeCustomerAuthority,
  type CustomerAuthority,
} from "#server/testing/customer-authority.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { csrEvidence, enrolmentTools, type EnrolmentTools } from "#server/testing/enrolment.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";
import { waitForControl } from "#server/testing/wait-for-control.ts";

let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let other: TestTenant;
let admin: Context;
let stranger: Context;
let tools: EnrolmentTools;

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  await recordAuthorities(database.app, ca.dataDir);
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin", { signer: ca.signer });
  stranger = other.ctx("admin", { signer: ca.signer });
  tools = enrolmentTools({ database, tenant: acme, admin, signer: ca.signer });
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;

async function events(group: FoundGroup) {
  const rows = await withTenant(admin, (tx) =>
    tx.auditEvent.findMany({
      where: { tenantId: acme.tenantId, target: `enrolmentGroup:${group.publicId}` },
      orderBy: { seq: "asc" },
      select: { actionCode: true, outcome: true },
    }),
  );
  return rows.map(({ actionCode, outcome }) => `${actionCode} ${outcome}`);
}

/** A group with a proven CA. */
async function proven(rules: Readonly<Record<string, unknown>> = {}) {
  const group = await tools.group({ kind: "customer_ca", rules });
  const works = await makeCustomerAuthority();
  const { authorityId, challenge } = await registerCustomerCa(admin, {
    groupId: group.id,
    name: "Works CA",
    pem: works.pem,
  });
  const { cert: certificatePem } = await works.issue({ commonName: challenge });
  await proveCustomerCa(admin, { authorityId, certificatePem });
  return { group, works, authorityId };
}

async function shown(
  works: CustomerAuthority,
  name: string,
  keys?: CryptoKeyPair,
): Promise<EnrolmentEvidence & { readonly ask: { readonly kind: "certificate" } }> {
  const { cert: pem } = await works.issue({
    commonName: name,
    organisation: "Acme",
    ...(keys === undefined ? {} : { keys }),
  });
  return {
    registrationId: name,
    serial: "",
    subject: { commonName: name, organisation: "Acme" },
    parameters: {},
    transport: "mqtts",
    remote: "192.0.2.9",
    ask: { kind: "certificate", pem },
  };
}

describe("registering, proving, disabling and removing", () => {
  it("takes a CA from unproven to active, disabled and gone, each with its record", async () => {
    const { group, works, authorityId } = await proven();
    expect(
      (await showEnrolmentGroup(admin, { groupId: group.publicId })).authorities,
    ).toMatchObject([{ id: authorityId, name: "Works CA", state: "active" }]);
    const { sha256, subject } = describeCertificate(works.pem);
    for (const presented of [{ sha256s: [sha256] }, { subjects: [subject] }]) {
      expect(await findAuthorities(database.ingest, presented)).toMatchObject([
        { id: authorityId, state: "active", group: { id: group.id, tenantId: acme.tenantId } },
      ]);
    }
    await setCustomerCaState(admin, { authorityId, state: "disabled" });
    await setCustomerCaState(admin, { authorityId, state: "active" });
    await expect(setCustomerCaState(admin, { authorityId, state: "active" })).rejects.toThrow(
      refused("conflict"),
    );
    const told = await waitForControl(database);
    await removeCustomerCa(admin, { authorityId });
    expect(await told.next()).toMatchObject({ kind: "fleet", tenantId: acme.tenantId });
    await told.stop();
    await expect(removeCustomerCa(admin, { authorityId })).rejects.toThrow(refused("not_found"));
    expect(await events(group)).toEqual([
      "enrolmentGroup.create done",
      "customerCa.register done",
      "customerCa.prove done",
      "customerCa.setState done",
      "customerCa.setState done",
      "customerCa.remove done",
    ]);
  });

  it("is not for operators and not across organisations", async () => {
    const { group, authorityId, works } = await proven();
    const { pem } = await makeCustomerAuthority();
    const input = { groupId: group.id, name: "x", pem };
    const operator = acme.ctx("operator");
    const proof = { authorityId, certificatePem: works.pem };
    const state = { authorityId, state: "disabled" as const };

    await expect(registerCustomerCa(operator, input)).rejects.toThrow(refused("forbidden"));
    await expect(registerCustomerCa(stranger, input)).rejects.toThrow(refused("not_found"));
    await expect(proveCustomerCa(operator, proof)).rejects.toThrow(refused("forbidden"));
    await expect(proveCustomerCa(stranger, proof)).rejects.toThrow(refused("not_found"));
    await expect(setCustomerCaState(operator, state)).rejects.toThrow(refused("forbidden"));
    await expect(setCustomerCaState(stranger, state)).rejects.toThrow(refused("not_found"));
    await expect(removeCustomerCa(operator, { authorityId })).rejects.toThrow(refused("forbidden"));
    await expect(removeCustomerCa(stranger, { authorityId })).rejects.toThrow(refused("not_found"));
  });

  it("a CA is registered once, whoever comes first, and is none of ours", async () => {
    const { works } = await proven();
    const group = await tools.group({ kind: "customer_ca" });
    const register = (pem: string) =>
      registerCustomerCa(admin, { groupId: group.id, name: "x", pem });

    await expect(register(works.pem)).rejects.toThrow("registered already");
    await expect(register(ca.authority.issuingPem)).rejects.toThrow("CA of this installation");
    await expect(register(ca.authority.rootPem)).rejects.toThrow("CA of this installation");
    await expect(register("no certificate")).rejects.toThrow("PEM form");
    const claims = await tools.group({ kind: "claim" });
    const { pem } = await makeCustomerAuthority();
    await expect(registerCustomerCa(admin, { groupId: claims.id, name: "x", pem })).rejects.toThrow(
      "CAs are not for the group",
    );
  });

  it("a registration without proof keeps its owner out of nothing, a proven one does", async () => {
    const works = await makeCustomerAuthority();
    const theirs = enrolmentTools({
      database,
      tenant: other,
      admin: stranger,
      signer: ca.signer,
    });
    const squatter = await theirs.group({ kind: "customer_ca" });
    const owner = await tools.group({ kind: "customer_ca" });
    const ask = { name: "x", pem: works.pem };
    const first = await registerCustomerCa(stranger, { groupId: squatter.id, ...ask });

    const { authorityId, challenge } = await registerCustomerCa(admin, {
      groupId: owner.id,
      ...ask,
    });

    const { cert: pem } = await works.issue({ commonName: challenge });
    await expect(
      proveCustomerCa(stranger, { authorityId: first.authorityId, certificatePem: pem }),
    ).rejects.toThrow(refused("not_found"));
    await proveCustomerCa(admin, { authorityId, certificatePem: pem });
    await expect(registerCustomerCa(stranger, { groupId: squatter.id, ...ask })).rejects.toThrow(
      "registered already",
    );
  });

  it("a wrong proof changes nothing, and an unproven CA cannot be set active", async () => {
    const group = await tools.group({ kind: "customer_ca" });
    const works = await makeCustomerAuthority();
    const { authorityId, challenge } = await registerCustomerCa(admin, {
      groupId: group.id,
      name: "x",
      pem: works.pem,
    });
    const wrong = await (await makeCustomerAuthority()).issue({ commonName: challenge });

    await expect(
      proveCustomerCa(admin, { authorityId, certificatePem: wrong.cert }),
    ).rejects.toThrow("not signed by the CA's key");
    await expect(setCustomerCaState(admin, { authorityId, state: "active" })).rejects.toThrow(
      "is not proven",
    );
    const right = await works.issue({ commonName: challenge });
    await proveCustomerCa(admin, { authorityId, certificatePem: right.cert });
    await expect(
      proveCustomerCa(admin, { authorityId, certificatePem: right.cert }),
    ).rejects.toThrow("proven already");
  });
});

describe("a device with a certificate of the CA", () => {
  it("appears, and its certificate counts from now on", async () => {
    const { group, works, authorityId } = await proven({ tags: ["own"] });
    const evidence = await shown(works, "own-1");

    const answer = await enrol(tools.device, group, evidence);

    expect(answer).toMatchObject({ state: "enrolled", certificate: null });
    expect(await enrol(tools.device, group, evidence)).toEqual(answer);
    const rows = await withTenant(admin, (tx) =>
      tx.device.findMany({
        where: { enrolmentGroupId: group.id },
        include: { certificates: true },
      }),
    );
    expect(rows).toMatchObject([
      {
        deviceId: "own-1",
        tags: ["own"],
        certificates: [{ state: "active", sha256: describeCertificate(evidence.ask.pem).sha256 }],
      },
    ]);
    await expect(removeCustomerCa(admin, { authorityId })).rejects.toThrow(
      "1 certificate of the CA Works CA is in use.",
    );
  });

  it("renews by a further certificate of the CA, and keeps two at most", async () => {
    const { group, works } = await proven();
    for (const _ of [1, 2, 3]) {
      expect(await enrol(tools.device, group, await shown(works, "own-2"))).toMatchObject({
        state: "enrolled",
      });
    }
    const rows = await withTenant(admin, (tx) =>
      tx.certificate.findMany({
        where: { tenantId: acme.tenantId, device: { deviceId: "own-2" } },
        orderBy: { issuedAt: "asc" },
        select: { state: true },
      }),
    );
    expect(rows.map(({ state }) => state)).toEqual(["retired", "superseded", "active"]);
  });

  it("does not come with another's id or key, with a revoked key, or by a disabled CA", async () => {
    const { group, works, authorityId } = await proven();
    const { csrPem, keys } = await makeRequest({});
    const { device } = await createDeviceWithCertificate(admin, { name: "Hand-made", csrPem });
    const reason = async (name: string, own?: CryptoKeyPair) =>
      enrol(tools.device, group, await shown(works, name, own));

    expect(await reason(device.deviceId)).toMatchObject({ reason: "id-taken" });
    expect(await reason("own-3", keys)).toMatchObject({ reason: "key-in-use" });
    const mine = await freshKeys();
    const first = await reason("own-4", mine);
    expect(first.state).toBe("enrolled");
    const row = await withTenant(admin, (tx) =>
      tx.certificate.findFirstOrThrow({
        where: { tenantId: acme.tenantId, device: { deviceId: "own-4" } },
      }),
    );
    await revokeCertificate(admin, { certificateId: row.id, reason: "key_compromise" });
    expect(await reason("own-4", mine)).toMatchObject({ reason: "denied" });
    await setCustomerCaState(admin, { authorityId, state: "disabled" });
    expect(await reason("own-5")).toMatchObject({
      reason: "ca-not-active",
      detail: "The CA Works CA is disabled.",
    });
  });

  it("gets a certificate of ours by EST, also anew after it was reset", async () => {
    const group = await tools.group({ kind: "est" });
    const id = `est-${group.publicId}`;
    expect(await enrol(tools.device, group, await csrEvidence(id))).toMatchObject({
      reason: "ca-not-active",
      detail: `The group ${group.name} has no active CA.`,
    });
    const works = await makeCustomerAuthority();
    const { authorityId, challenge } = await registerCustomerCa(admin, {
      groupId: group.id,
      name: "Works CA",
      pem: works.pem,
    });
    const { cert: certificatePem } = await works.issue({ commonName: challenge });
    await proveCustomerCa(admin, { authorityId, certificatePem });

    const first = await enrol(tools.device, group, await csrEvidence(id));
    const reset = await enrol(tools.device, group, await csrEvidence(id));

    expect([first.state, reset.state]).toEqual(["enrolled", "enrolled"]);
    expect(await tools.again(group)).toMatchObject({ id: group.id });
  });

  it("is previewed before it comes, and nothing is kept of that", async () => {
    const { group, works } = await proven({
      deviceIdTemplate: "w-{commonName}",
      quarantine: true,
      subject: { organisation: "Acme" },
    });
    const good = await works.issue({ commonName: "own-6", organisation: "Acme" });
    const bad = await works.issue({ commonName: "own-6", organisation: "Other" });
    const look = (input: object) => previewEnrolment(admin, { groupId: group.id, ...input });

    expect(await look({ certificatePem: good.cert })).toEqual({
      outcome: "enrolled",
      device: {
        deviceId: "w-own-6",
        name: "own-6",
        profileName: "generic",
        tags: [],
        quarantine: true,
        desired: null,
      },
    });
    expect(await look({ certificatePem: bad.cert })).toMatchObject({
      outcome: "refused",
      reason: "subject-mismatch",
      remedy: expect.stringMatching(/\.$/) as string,
    });
    const rules = { profileId: acme.profileId, needsApproval: true };
    expect(await look({ rules, registrationId: "x" })).toMatchObject({
      outcome: "pending",
      device: { deviceId: "x" },
    });
    await expect(look({ certificatePem: "no" })).rejects.toThrow(refused("invalid"));
    await expect(look({})).rejects.toThrow("Say what the device calls itself");
    const { requests } = await withTenant(admin, async (tx) => ({
      requests: await tx.enrolmentRequest.count({ where: { groupId: group.id } }),
    }));
    expect(requests).toBe(0);
  });
});
