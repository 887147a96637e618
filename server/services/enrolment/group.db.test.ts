import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findClaimCertificate, findGroupKeys } from "#server/db/find-enrolment.ts";
import { withTenant } from "#server/db/tenant.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import type { Context } from "#server/services/context.ts";
import { approveEnrolment } from "#server/services/enrolment/approve.ts";
import { changeEnrolmentRules } from "#server/services/enrolment/change-rules.ts";
import { createClaimCertificate } from "#server/services/enrolment/create-claim-certificate.ts";
import { createEnrolmentGroup } from "#server/services/enrolment/create-group.ts";
import { createEnrolmentSecret } from "#server/services/enrolment/create-secret.ts";
import { enrol } from "#server/services/enrolment/enrol.ts";
import { groupKeyPlace } from "#server/services/enrolment/group-key.ts";
import { listEnrolmentGroups } from "#server/services/enrolment/list-groups.ts";
import { listEnrolmentRequests } from "#server/services/enrolment/list-requests.ts";
import { previewEnrolment } from "#server/services/enrolment/preview.ts";
import { refuseEnrolment } from "#server/services/enrolment/refuse.ts";
import { revokeEnrolmentCredential } from "#server/services/enrolment/revoke-credential.ts";
import { rotateGroupKey } from "#server/services/enrolment/rotate-group-key.ts";
import { setEnrolmentGroupState } from "#server/services/enrolment/set-group-state.ts";
import { showEnrolmentGroup } from "#server/services/enrolment/show-group.ts";
import type { ServiceError } from "#server/services/errors.ts";
import {
  cloneDatabase,
  createTestTenant,
  testKeyring,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { csrEvidence, enrolmentTools, type EnrolmentTools } from "#server/testing/enrolment.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";

let database: TestDatabase;
let ca: TestSigner;
let acme: TestTenant;
let admin: Context;
let operator: Context;
let viewer: Context;
let stranger: Context;
let tools: EnrolmentTools;

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  acme = await createTestTenant(database, { slug: "acme" });
  const other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin", { signer: ca.signer });
  operator = acme.ctx("operator", { signer: ca.signer });
  viewer = acme.ctx("viewer");
  stranger = other.ctx("admin", { signer: ca.signer });
  tools = enrolmentTools({ database, tenant: acme, admin, signer: ca.signer });
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const rules = () => ({ profileId: acme.profileId });

async function trail(publicId: string) {
  return withTenant(admin, (tx) =>
    tx.auditEvent.findMany({
      where: { tenantId: acme.tenantId, target: `enrolmentGroup:${publicId}` },
      orderBy: { seq: "asc" },
      select: { actionCode: true, payload: true },
    }),
  );
}

describe("enrolmentGroup.create", () => {
  it("makes a group with its first version and its record", async () => {
    const made = await createEnrolmentGroup(admin, {
      name: "Pumps",
      kind: "claim",
      rules: rules(),
    });

    expect(made.publicId).toMatch(/^en-[a-z2-7]{10}$/);
    expect(made).toMatchObject({ primaryKey: null, secondaryKey: null, webhookSecret: null });
    expect(await listEnrolmentGroups(operator, {})).toMatchObject([
      { id: made.id, name: "Pumps", profileName: "generic", version: 1, enrolled: 0, pending: 0 },
    ]);
    expect(await showEnrolmentGroup(operator, { groupId: made.publicId })).toMatchObject({
      id: made.id,
      rules: { deviceIdTemplate: "{registrationId}", quarantine: false },
      versions: [{ version: 1, createdBy: "system:test" }],
    });
    expect(await trail(made.publicId)).toMatchObject([
      { actionCode: "enrolmentGroup.create", payload: { after: { name: "Pumps", kind: "claim" } } },
    ]);
  });

  it("gives a symmetric-key group two keys, shown once and sealed", async () => {
    const made = await createEnrolmentGroup(admin, {
      name: "Keys",
      kind: "symmetric_key",
      rules: rules(),
    });

    const kept = (await findGroupKeys(database.ingest, made.publicId))!;
    const place = { tenantId: kept.tenantId, id: kept.id };
    const primary = testKeyring.open(groupKeyPlace(place, "primary"), kept.sealedPrimary);
    const secondary = testKeyring.open(groupKeyPlace(place, "secondary"), kept.sealedSecondary);
    expect(primary.toString("base64")).toBe(made.primaryKey);
    expect(secondary.toString("base64")).toBe(made.secondaryKey);
    expect(primary).toHaveLength(64);
    const everything = JSON.stringify([
      await trail(made.publicId),
      await showEnrolmentGroup(admin, { groupId: made.id }),
    ]);
    expect(everything).not.toContain(made.primaryKey);
  });

  it("is not for operators, not with another's profile, and a name is taken once", async () => {
    const input = { name: "Pumps 2", kind: "est" as const, rules: rules() };
    await expect(createEnrolmentGroup(operator, input)).rejects.toThrow(refused("forbidden"));
    await expect(createEnrolmentGroup(stranger, input)).rejects.toThrow(refused("not_found"));
    await createEnrolmentGroup(admin, input);
    await expect(createEnrolmentGroup(admin, input)).rejects.toThrow(refused("conflict"));
  });

  it.each([
    ["a template of nothing", { deviceIdTemplate: "pump" }, "rules.deviceIdTemplate"],
    ["a template of what is not known", { nameTemplate: "{mac}" }, "rules.nameTemplate"],
    ["a webhook without TLS", { webhook: { url: "http://hooks.example" } }, "rules.webhook.url"],
    ["a tag that is none", { tags: ["no good tag"] }, "rules.tags.0"],
    ["an attribute that is none", { attributes: { id: "x" } }, "rules.attributes.id"],
    ["an empty pattern", { deny: [" "] }, "rules.deny.0"],
  ])("%s is refused at its field", async (_, more, path) => {
    const making = createEnrolmentGroup(admin, {
      name: "Bad",
      kind: "claim",
      rules: { ...rules(), ...more } as never,
    });
    await expect(making).rejects.toThrow(
      expect.objectContaining({
        code: "invalid",
        fields: [expect.objectContaining({ path }) as unknown],
      }) as ServiceError,
    );
  });
});

describe("enrolmentGroup.changeRules", () => {
  it("makes a version that counts at once, and the old one stays to be read", async () => {
    const group = await tools.group({ kind: "claim" });
    const changed = await changeEnrolmentRules(admin, {
      groupId: group.publicId,
      version: 1,
      rules: { ...rules(), quarantine: true },
      notes: "New line",
    });

    expect(changed).toEqual({ version: 2, webhookSecret: null });
    expect(await tools.again(group)).toMatchObject({ version: 2, rules: { quarantine: true } });
    expect((await showEnrolmentGroup(admin, { groupId: group.id })).versions).toMatchObject([
      { version: 2, notes: "New line", rules: { quarantine: true } },
      { version: 1, rules: { quarantine: false } },
    ]);
    expect((await trail(group.publicId)).at(-1)).toMatchObject({
      actionCode: "enrolmentGroup.changeRules",
      payload: { before: { version: 1 }, after: { version: 2 } },
    });
  });

  it("is not for operators or strangers, and does not overwrite another's change", async () => {
    const group = await tools.group({ kind: "claim" });
    const input = { groupId: group.id, version: 1, rules: rules() };
    await expect(changeEnrolmentRules(operator, input)).rejects.toThrow(refused("forbidden"));
    await expect(changeEnrolmentRules(stranger, input)).rejects.toThrow(refused("not_found"));
    const both = await Promise.allSettled([1, 2].map(() => changeEnrolmentRules(admin, input)));
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await expect(changeEnrolmentRules(admin, input)).rejects.toThrow(refused("conflict"));
  });
});

describe("enrolmentGroup.setState and rotateKey", () => {
  it("disables and enables, each once", async () => {
    const group = await tools.group({ kind: "claim" });
    const disable = { groupId: group.id, enabled: false };
    await expect(setEnrolmentGroupState(operator, disable)).rejects.toThrow(refused("forbidden"));
    await expect(setEnrolmentGroupState(stranger, disable)).rejects.toThrow(refused("not_found"));
    expect(await setEnrolmentGroupState(admin, disable)).toEqual({ id: group.id, enabled: false });
    await expect(setEnrolmentGroupState(admin, disable)).rejects.toThrow(refused("conflict"));
    expect((await tools.again(group)).enabled).toBe(false);
    expect((await trail(group.publicId)).at(-1)?.actionCode).toBe("enrolmentGroup.setState");
  });

  it("replaces one key and leaves the other", async () => {
    const group = await tools.group({ kind: "symmetric_key" });
    const input = { groupId: group.id, slot: "primary" as const };
    await expect(rotateGroupKey(operator, input)).rejects.toThrow(refused("forbidden"));
    await expect(rotateGroupKey(stranger, input)).rejects.toThrow(refused("not_found"));
    const before = (await findGroupKeys(database.ingest, group.publicId))!;

    const { key } = await rotateGroupKey(admin, input);

    const after = (await findGroupKeys(database.ingest, group.publicId))!;
    const place = groupKeyPlace({ tenantId: acme.tenantId, id: group.id }, "primary");
    expect(testKeyring.open(place, after.sealedPrimary).toString("base64")).toBe(key);
    expect(after.sealedSecondary).toEqual(before.sealedSecondary);
    expect(JSON.stringify(await trail(group.publicId))).not.toContain(key);
    const claims = await tools.group({ kind: "claim" });
    await expect(rotateGroupKey(admin, { ...input, groupId: claims.id })).rejects.toThrow(
      refused("conflict"),
    );
  });
});

describe("claim certificates and secrets", () => {
  it("a claim certificate names the group and no device, and its key is kept nowhere", async () => {
    const group = await tools.group({ kind: "claim" });
    const made = await createClaimCertificate(admin, {
      groupId: group.publicId,
      name: "Line 1",
      days: 30,
      maxUses: 5,
      expectedSerials: ["S-1"],
    });

    const leaf = new X509Certificate(made.certificatePem);
    expect(leaf.subject).toContain(`CN=${group.publicId}`);
    expect(leaf.subjectAltName).toBe(`URI:urn:quayside:claim:${made.credentialId}`);
    expect(leaf.ca).toBe(false);
    const description = describeCertificate(made.certificatePem);
    expect(description.sanUuid).toBeUndefined();
    expect(await findClaimCertificate(database.ingest, description.sha256)).toMatchObject({
      id: made.credentialId,
      maxUses: 5,
      uses: 0,
      expectedSerials: ["S-1"],
      group: { id: group.id, tenantId: acme.tenantId },
    });
    const secret = made.privateKeyPem.split("\n")[1] ?? "missing";
    const view = await showEnrolmentGroup(admin, { groupId: group.id });
    expect(JSON.stringify([view, await trail(group.publicId)])).not.toContain(secret);
    expect(view.credentials).toMatchObject([{ kind: "certificate", name: "Line 1", uses: 0 }]);
  });

  it("are not for operators or strangers, only for groups that take them, and not without the signer", async () => {
    const group = await tools.group({ kind: "claim" });
    const claim = { groupId: group.id, name: "x", days: 1 };
    const secret = { groupId: group.id, name: "x", hours: 1 };
    await expect(createClaimCertificate(operator, claim)).rejects.toThrow(refused("forbidden"));
    await expect(createClaimCertificate(stranger, claim)).rejects.toThrow(refused("not_found"));
    await expect(createEnrolmentSecret(operator, secret)).rejects.toThrow(refused("forbidden"));
    await expect(createEnrolmentSecret(stranger, secret)).rejects.toThrow(refused("not_found"));
    await expect(createClaimCertificate(acme.ctx("admin"), claim)).rejects.toThrow(
      refused("unavailable"),
    );
    const own = await tools.group({ kind: "customer_ca" });
    await expect(createClaimCertificate(admin, { ...claim, groupId: own.id })).rejects.toThrow(
      refused("conflict"),
    );
    await expect(createEnrolmentSecret(admin, { ...secret, groupId: own.id })).rejects.toThrow(
      refused("conflict"),
    );
    await expect(createClaimCertificate(admin, { ...claim, days: 398 })).rejects.toThrow(
      refused("invalid"),
    );
  });

  it("are revoked once, by an administrator of the organisation", async () => {
    const group = await tools.group({ kind: "claim" });
    const { credentialId, secret } = await createEnrolmentSecret(admin, {
      groupId: group.id,
      name: "One device",
      hours: 2,
    });
    const input = { groupId: group.id, credentialId };
    expect(JSON.stringify(await trail(group.publicId))).not.toContain(secret);
    await expect(revokeEnrolmentCredential(operator, input)).rejects.toThrow(refused("forbidden"));
    await expect(revokeEnrolmentCredential(stranger, input)).rejects.toThrow(refused("not_found"));
    await revokeEnrolmentCredential(admin, input);
    await expect(revokeEnrolmentCredential(admin, input)).rejects.toThrow(refused("conflict"));
    expect((await trail(group.publicId)).at(-1)).toMatchObject({
      actionCode: "enrolmentCredential.revoke",
      payload: { credentialId, kind: "secret" },
    });
  });
});

describe("requests", () => {
  it("wait for a person, who decides once; the list goes page by page", async () => {
    const group = await tools.group({ kind: "symmetric_key", rules: { needsApproval: true } });
    for (const name of ["a", "b", "c"]) {
      await enrol(tools.device, group, await csrEvidence(`${name}-${group.publicId}`));
    }
    const page = await listEnrolmentRequests(operator, { groupId: group.publicId, limit: 2 });
    const rest = await listEnrolmentRequests(operator, {
      groupId: group.publicId,
      limit: 2,
      cursor: page.next!,
    });
    expect(
      [...page.requests, ...rest.requests].map(({ registrationId }) => registrationId[0]),
    ).toEqual(["c", "b", "a"]);
    expect(rest.next).toBeNull();
    expect(page.requests[0]).toMatchObject({ state: "pending", reason: "", deviceId: null });
    const requestId = page.requests[0]!.id;
    const refusing = { requestId, reason: "Unknown" };

    await expect(approveEnrolment(viewer, { requestId })).rejects.toThrow(refused("forbidden"));
    await expect(approveEnrolment(stranger, { requestId })).rejects.toThrow(refused("not_found"));
    await expect(refuseEnrolment(viewer, refusing)).rejects.toThrow(refused("forbidden"));
    await expect(refuseEnrolment(stranger, refusing)).rejects.toThrow(refused("not_found"));
    const two = await Promise.allSettled(
      [1, 2].map(() => approveEnrolment(operator, { requestId })),
    );
    expect(two.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await expect(approveEnrolment(admin, { requestId })).rejects.toThrow("was approved by");
    await refuseEnrolment(operator, refusing);
    await expect(refuseEnrolment(operator, refusing)).rejects.toThrow(refused("conflict"));
    await approveEnrolment(operator, { requestId });
    expect((await trail(group.publicId)).map(({ actionCode }) => actionCode).slice(1)).toEqual([
      "enrolmentRequest.approve",
      "enrolmentRequest.refuse",
      "enrolmentRequest.approve",
    ]);
    expect((await listEnrolmentGroups(admin, {})).find(({ id }) => id === group.id)?.pending).toBe(
      2,
    );
    await expect(listEnrolmentRequests(operator, { cursor: "no" })).rejects.toThrow(
      refused("invalid"),
    );
  });

  it("another organisation sees none, and a viewer may not look", async () => {
    const group = await tools.group({ kind: "claim" });
    await expect(listEnrolmentGroups(viewer, {})).rejects.toThrow(refused("forbidden"));
    await expect(showEnrolmentGroup(viewer, { groupId: group.id })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(listEnrolmentRequests(viewer, {})).rejects.toThrow(refused("forbidden"));
    await expect(showEnrolmentGroup(stranger, { groupId: group.id })).rejects.toThrow(
      refused("not_found"),
    );
    const look = { groupId: group.id, registrationId: "x" };
    await expect(previewEnrolment(viewer, look)).rejects.toThrow(refused("forbidden"));
    await expect(previewEnrolment(stranger, look)).rejects.toThrow(refused("not_found"));
    expect(await listEnrolmentGroups(stranger, {})).toEqual([]);
    expect((await listEnrolmentRequests(stranger, {})).requests).toEqual([]);
  });
});
