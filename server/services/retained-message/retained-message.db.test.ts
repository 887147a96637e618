import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { createDevice } from "#server/services/device/create.ts";
import { deviceKeys } from "#server/services/device/keys.ts";
import { listRetainedMessages } from "#server/services/retained-message/list.ts";
import { removeRetainedMessage } from "#server/services/retained-message/remove.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let tenant: TestTenant;
let stranger: TestTenant;
let publisher: string;

beforeAll(async () => {
  database = await cloneDatabase();
  tenant = await createTestTenant(database, { slug: "northwind" });
  stranger = await createTestTenant(database, { slug: "southwind" });
  await createDevice(tenant.ctx("admin"), { name: "Pump 17", deviceId: "pump-17" });
  const [known] = await deviceKeys(tenant.ctx("viewer"), { devices: ["pump-17"] });
  publisher = `d:${known?.key ?? ""}`;
});
afterAll(() => database.drop());

async function retain(topic: string, payload: Uint8Array<ArrayBuffer>, expiresAt?: Date) {
  await database.ingest.prisma.retainedMessage.create({
    data: {
      tenantId: tenant.tenantId,
      topicHash: new Uint8Array(createHash("sha256").update(topic).digest()),
      topic,
      payload,
      forwarded: new Uint8Array(),
      qos: 1,
      publisher,
      receivedAt: new Date(),
      ...(expiresAt !== undefined && { expiresAt }),
    },
  });
}

const textOf = (text: string) => new TextEncoder().encode(text);
const topics = async () =>
  (await listRetainedMessages(tenant.ctx("viewer"), { device: "pump-17" })).map(
    ({ topic }) => topic,
  );

describe("retained messages of a device", () => {
  it("are listed by topic with the beginning of their text, without those that expired", async () => {
    await retain("qs/v1/d/pump-17/up/state", textOf('{"online":true}'));
    await retain("qs/v1/d/pump-17/up/description", new Uint8Array([0xff, 0x00]));
    await retain("qs/v1/d/pump-17/up/event/old", textOf("x"), new Date(Date.now() - 1_000));

    const list = await listRetainedMessages(tenant.ctx("viewer"), { device: "pump-17" });

    expect(list).toMatchObject([
      { topic: "qs/v1/d/pump-17/up/description", text: null, bytes: 2 },
      { topic: "qs/v1/d/pump-17/up/state", text: '{"online":true}', qos: 1 },
    ]);
    await expect(
      listRetainedMessages(stranger.ctx("viewer"), { device: "pump-17" }),
    ).rejects.toMatchObject({ code: "not_found" });
  });

  it("are cleared by operators, which is recorded at the device", async () => {
    const topic = "qs/v1/d/pump-17/up/event/leak";
    await retain(topic, textOf("leak"));

    await removeRetainedMessage(tenant.ctx("operator"), { topic, reason: "wrong" });

    expect(await topics()).not.toContain(topic);
    const recorded = await withTenant(tenant.ctx("admin"), (tx) =>
      tx.auditEvent.findFirst({
        where: { tenantId: tenant.tenantId, actionCode: "retainedMessage.remove" },
        orderBy: { seq: "desc" },
      }),
    );
    expect(recorded).toMatchObject({
      target: "device:pump-17",
      reason: "wrong",
      payload: { topic, bytes: 4 },
    });
  });

  it("are not cleared by viewers, by other tenants, or twice", async () => {
    const topic = "qs/v1/d/pump-17/up/event/guarded";
    await retain(topic, textOf("x"));

    await expect(removeRetainedMessage(tenant.ctx("viewer"), { topic })).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(removeRetainedMessage(stranger.ctx("admin"), { topic })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await topics()).toContain(topic);
    await removeRetainedMessage(tenant.ctx("admin"), { topic });
    await expect(removeRetainedMessage(tenant.ctx("admin"), { topic })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
