import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import type { Context } from "#server/services/context.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { addTrustAnchor } from "#server/services/trust-anchor/add.ts";
import { changeTrustAnchor } from "#server/services/trust-anchor/change.ts";
import { listTrustAnchors } from "#server/services/trust-anchor/list.ts";
import { removeTrustAnchor } from "#server/services/trust-anchor/remove.ts";
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
let admin: Context;
let stranger: Context;
let pem: string;

beforeAll(async () => {
  database = await cloneDatabase();
  ca = await createTestSigner();
  pem = ca.authority.rootPem;
  acme = await createTestTenant(database, { slug: "acme" });
  const other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin");
  stranger = other.ctx("admin");
});
afterAll(async () => {
  ca.remove();
  await database.drop();
});

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const noId = "00000000-0000-4000-8000-000000000000";

async function lastEvent() {
  return withTenant(admin, (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: acme.tenantId },
      orderBy: { seq: "desc" },
      select: { actionCode: true, outcome: true, payload: true },
    }),
  );
}

async function anchors(ctx: Context) {
  return (await listTrustAnchors(ctx, {})).trustAnchors;
}

/** The one that the organisation has, made when it has none. */
async function anchorId(): Promise<string> {
  const [known] = await anchors(admin);
  if (known !== undefined) return known.id;
  return (await addTrustAnchor(admin, { name: "Root", pem })).trustAnchorId;
}

describe("trustAnchor.add", () => {
  it("notes a certificate with its firmware and profile, and records that", async () => {
    const added = await addTrustAnchor(admin, {
      name: "Factory root",
      pem,
      firmware: ["1.0", "1.1"],
      profile: acme.profileId,
      note: "Built in since 2024.",
    });

    expect(await anchors(admin)).toMatchObject([
      {
        id: added.trustAnchorId,
        firmware: ["1.0", "1.1"],
        devices: 0,
        profile: { name: "generic" },
      },
    ]);
    expect(await lastEvent()).toMatchObject({
      actionCode: "trustAnchor.add",
      payload: { sha256: added.sha256, note: "Built in since 2024." },
    });
  });

  it("is not for operators", async () => {
    await expect(addTrustAnchor(acme.ctx("operator"), { name: "x", pem })).rejects.toThrow(
      refused("forbidden"),
    );
    expect(await lastEvent()).toMatchObject({ outcome: "denied" });
  });

  it("does not find another organisation's profile, nor show it what is noted", async () => {
    await anchorId();
    await expect(
      addTrustAnchor(stranger, { name: "x", pem, profile: acme.profileId }),
    ).rejects.toThrow(refused("invalid"));
    expect(await anchors(stranger)).toEqual([]);
  });

  it("refuses the same certificate twice, and what is none", async () => {
    await anchorId();
    await expect(addTrustAnchor(admin, { name: "Again", pem })).rejects.toThrow(
      refused("conflict"),
    );
    await expect(addTrustAnchor(admin, { name: "Text", pem: "hello" })).rejects.toThrow(
      refused("invalid"),
    );
  });
});

describe("trustAnchor.change", () => {
  it("changes what is given and records both", async () => {
    const trustAnchorId = await anchorId();

    await changeTrustAnchor(admin, { trustAnchorId, note: "Until 2.0.", profile: "" });

    expect(await anchors(admin)).toMatchObject([{ note: "Until 2.0.", profile: null }]);
    expect(await lastEvent()).toMatchObject({
      actionCode: "trustAnchor.change",
      payload: { after: { note: "Until 2.0." } },
    });
  });

  it("is for who manages certificates of the same organisation only", async () => {
    const trustAnchorId = await anchorId();
    await expect(
      changeTrustAnchor(acme.ctx("operator"), { trustAnchorId, note: "x" }),
    ).rejects.toThrow(refused("forbidden"));
    await expect(changeTrustAnchor(stranger, { trustAnchorId, note: "x" })).rejects.toThrow(
      refused("not_found"),
    );
  });

  it("refuses a change that changes nothing", async () => {
    const trustAnchorId = await anchorId();
    await expect(changeTrustAnchor(admin, { trustAnchorId })).rejects.toThrow(refused("conflict"));
  });
});

describe("trustAnchor.remove", () => {
  it("is for who manages certificates of the same organisation only", async () => {
    const trustAnchorId = await anchorId();
    await expect(removeTrustAnchor(acme.ctx("operator"), { trustAnchorId })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(removeTrustAnchor(stranger, { trustAnchorId })).rejects.toThrow(
      refused("not_found"),
    );
  });

  it("forgets it, records what it was, and then there is none", async () => {
    const trustAnchorId = await anchorId();

    await removeTrustAnchor(admin, { trustAnchorId });

    expect(await anchors(admin)).toEqual([]);
    expect(await lastEvent()).toMatchObject({
      actionCode: "trustAnchor.remove",
      payload: { before: { trustAnchorId } },
    });
    await expect(removeTrustAnchor(admin, { trustAnchorId: noId })).rejects.toThrow(
      refused("not_found"),
    );
  });
});
