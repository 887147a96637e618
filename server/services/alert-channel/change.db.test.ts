import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { changeAlertChannel } from "#server/services/alert-channel/change.ts";
import { createAlertChannel } from "#server/services/alert-channel/create.ts";
import { listAlertChannels } from "#server/services/alert-channel/list.ts";
import { removeAlertChannel } from "#server/services/alert-channel/remove.ts";
import { rotateChannelSecret } from "#server/services/alert-channel/rotate-secret.ts";
import { channelSecretPlace } from "#server/services/alert-channel/secret.ts";
import type { Context } from "#server/services/context.ts";
import {
  cloneDatabase,
  createTestTenant,
  testKeyring,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let acme: TestTenant;
let admin: Context;
let stranger: Context;
let serial = 0;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  admin = acme.ctx("admin");
  stranger = (await createTestTenant(database, { slug: "other" })).ctx("admin");
});
afterAll(() => database.drop());

const target = "https://hooks.example/alerts";

async function made(more: object = {}) {
  serial += 1;
  return createAlertChannel(admin, { name: `Hook ${serial}`, kind: "webhook", target, ...more });
}

const operator = () => acme.ctx("operator");

async function lastAudit() {
  const event = await withTenant(admin, (tx) =>
    tx.auditEvent.findFirstOrThrow({
      where: { tenantId: acme.tenantId },
      orderBy: { seq: "desc" },
      select: { actionCode: true, target: true, payload: true },
    }),
  );
  return { ...event, text: JSON.stringify(event) };
}

async function secretOf(id: string): Promise<string> {
  const row = await withTenant(admin, (tx) =>
    tx.alertChannel.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: acme.tenantId, id } },
      select: { sealedSecret: true },
    }),
  );
  const place = channelSecretPlace({ tenantId: acme.tenantId, id });
  return `whsec_${testKeyring.open(place, row.sealedSecret ?? new Uint8Array()).toString("base64")}`;
}

describe("alertChannel.create", () => {
  it("shows the secret of a webhook once, seals it, and keeps it out of the audit trail", async () => {
    const channel = await made({ rules: ["weak-key"] });
    expect(channel).toMatchObject({ kind: "webhook", minSeverity: "warning", enabled: true });
    expect(await secretOf(channel.id)).toBe(channel.secret);
    const audit = await lastAudit();
    expect(audit).toMatchObject({ actionCode: "alertChannel.create" });
    expect(audit.text).not.toContain("whsec_");
    expect(JSON.stringify(await listAlertChannels(operator(), {}))).not.toMatch(/whsec_|sealed/);
  });

  it("of e-mail has no secret", async () => {
    const channel = await made({ kind: "email", target: "ops@harbour.example" });
    expect(channel.secret).toBeNull();
    await expect(rotateChannelSecret(admin, { channelId: channel.id })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it.each([
    ["an address for mail that is none", { kind: "email", target }, "invalid"],
    ["no web address", { target: "ftp://x" }, "invalid"],
    ["a rule that is none", { rules: ["nonsense"] }, "invalid"],
    ["no name", { name: " " }, "invalid"],
  ])("with %s is refused", async (_, more, code) => {
    await expect(made(more)).rejects.toMatchObject({ code });
  });

  it("is not for operators, nor twice by one name", async () => {
    const { name } = await made();
    await expect(made({ name })).rejects.toMatchObject({ code: "conflict" });
    const input = { name: "Mine", kind: "webhook" as const, target };
    await expect(createAlertChannel(operator(), input)).rejects.toMatchObject({
      code: "forbidden",
    });
    expect((await createAlertChannel(stranger, { ...input, name })).name).toBe(name);
  });
});

describe("alertChannel.change", () => {
  it("writes down before and after, and meets who changed it meanwhile", async () => {
    const { id: channelId, name, revision } = await made();
    const input = {
      channelId,
      name,
      target: "https://other.example/",
      minSeverity: "critical" as const,
      rules: [],
      enabled: false,
      revision,
    };
    expect(await changeAlertChannel(admin, input)).toMatchObject({
      target: "https://other.example/",
      enabled: false,
      revision: revision + 1,
    });
    expect(await lastAudit()).toMatchObject({
      actionCode: "alertChannel.change",
      payload: { before: { target, enabled: true }, after: { enabled: false } },
    });
    const refused = (ctx: Context, more: object, code: string) =>
      expect(changeAlertChannel(ctx, { ...input, ...more })).rejects.toMatchObject({ code });
    await refused(admin, {}, "conflict");
    await refused(operator(), {}, "forbidden");
    await refused(stranger, {}, "not_found");
    await refused(admin, { target: "ops@harbour.example" }, "invalid");
    await refused(admin, { name: "Hook 1", revision: revision + 1 }, "conflict");
  });
});

describe("alertChannel.rotateSecret", () => {
  it("shows another secret once", async () => {
    const { id, secret } = await made();
    const rotated = await rotateChannelSecret(admin, { channelId: id });
    expect(rotated.secret).not.toBe(secret);
    expect(await secretOf(id)).toBe(rotated.secret);
    expect((await lastAudit()).text).not.toContain("whsec_");
    const refused = (ctx: Context, code: string) =>
      expect(rotateChannelSecret(ctx, { channelId: id })).rejects.toMatchObject({ code });
    await refused(operator(), "forbidden");
    await refused(stranger, "not_found");
  });
});

describe("alertChannel.remove", () => {
  it("removes it, and is not for others", async () => {
    const { id: channelId, name } = await made();
    const refused = (ctx: Context, code: string) =>
      expect(removeAlertChannel(ctx, { channelId })).rejects.toMatchObject({ code });
    await refused(operator(), "forbidden");
    await refused(stranger, "not_found");
    expect(await removeAlertChannel(admin, { channelId })).toEqual({ id: channelId, name });
    expect(await lastAudit()).toMatchObject({
      actionCode: "alertChannel.remove",
      target: `alertChannel:${name}`,
    });
    await refused(admin, "not_found");
  });
});
