import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import type { TransportSpecification } from "#server/domain/transport-specification.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { approveSpecification } from "#server/services/profile/approve-specification.ts";
import { changeProfile } from "#server/services/profile/change.ts";
import { createProfile } from "#server/services/profile/create.ts";
import { draftProfile } from "#server/services/profile/draft.ts";
import { showProfile } from "#server/services/profile/show.ts";
import { profileTraffic } from "#server/services/profile/traffic.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let acme: TestTenant;
let other: TestTenant;
let admin: Context;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin");
});
afterAll(() => database.drop());

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const jsonSchema = { type: "object", properties: { pressure: { type: "number" } } };
const specification: TransportSpecification = {
  transports: ["mqtts"],
  protocol: "mqtt-5",
  qos: 1,
  deviceClass: "class-2",
  messagesPerHour: 60,
  rationale: "Mains powered, on the plant's own network.",
};

/** Somebody else of the same organisation and role. */
const colleague = (): Context => ({
  ...admin,
  actor: { type: "token", id: "00000000-0000-0000-0000-000000000001", name: "colleague" },
});

const newestAudit = (ctx: Context, actionCode: string) =>
  withTenant(ctx, (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: ctx.tenantId, actionCode },
      orderBy: { seq: "desc" },
    }),
  );

describe("profile.change", () => {
  it("changes what it is given, keeps the rest, and records both", async () => {
    const { id: profileId } = await createProfile(admin, { name: "pump", jsonSchema });

    const changed = await changeProfile(admin, {
      profileId,
      revision: 1,
      connectivity: "store_and_forward",
      commands: [{ name: "reboot", description: "Starts anew" }],
      thresholds: [{ metric: "pressure", high: 8 }],
    });

    expect(changed).toMatchObject({
      revision: 2,
      connectivity: "store_and_forward",
      expectedContactSeconds: 300,
      commands: [{ name: "reboot", parameters: null, expirySeconds: 300 }],
      thresholds: [{ metric: "pressure", low: null, high: 8, severity: "warning" }],
      certificatePolicy: { overlapDays: 7, renewal: "manual" },
    });
    expect(await showProfile(acme.ctx("viewer"), { profileId })).toEqual(changed);
    expect(await newestAudit(admin, "profile.change")).toMatchObject({
      target: "profile:pump",
      payload: {
        before: { connectivity: "always_on", commands: [] },
        after: { connectivity: "store_and_forward" },
        revision: 2,
      },
    });
  });

  it("on top of an older revision it is a conflict, and changes nothing", async () => {
    const { id: profileId } = await createProfile(admin, { name: "stale", jsonSchema });
    await changeProfile(admin, { profileId, revision: 1, description: "first" });

    const second = changeProfile(admin, { profileId, revision: 1, description: "second" });

    await expect(second).rejects.toThrow(refused("conflict"));
    expect((await showProfile(admin, { profileId })).description).toBe("first");
  });

  it("is not for operators; of another tenant there is nothing to find", async () => {
    const { id: profileId } = await createProfile(admin, { name: "guarded", jsonSchema });
    const input = { profileId, revision: 1, description: "x" };

    await expect(changeProfile(acme.ctx("operator"), input)).rejects.toThrow(refused("forbidden"));
    await expect(changeProfile(other.ctx("admin"), input)).rejects.toThrow(refused("not_found"));
    await expect(showProfile(other.ctx("admin"), { profileId })).rejects.toThrow(
      refused("not_found"),
    );
  });

  it.each([
    ["bounds the wrong way round", { thresholds: [{ metric: "p", low: 8, high: 2 }] }],
    ["a threshold without bounds", { thresholds: [{ metric: "p" }] }],
    ["a command twice", { commands: [{ name: "a" }, { name: "a" }] }],
    ["a command that no topic can hold", { commands: [{ name: "a/b" }] }],
    ["no transport", { specification: { ...specification, transports: [] } }],
  ])("%s is invalid", async (_, part) => {
    const { id: profileId } = await showGeneric();
    await expect(changeProfile(admin, { profileId, revision: 1, ...part })).rejects.toThrow(
      refused("invalid"),
    );
  });
});

async function showGeneric() {
  return withTenant(admin, (tx) =>
    tx.profile.findFirstOrThrow({ where: { tenantId: acme.tenantId, name: "generic" } }),
  );
}

describe("profile.approveSpecification", () => {
  it("is recorded with who did it, and undone by the next change of the specification", async () => {
    const { id: profileId } = await createProfile(admin, {
      name: "specified",
      jsonSchema,
      specification,
    });

    const approved = await approveSpecification(colleague(), { profileId, revision: 1 });

    expect(approved.specification).toMatchObject({
      ...specification,
      writtenBy: expect.any(String) as string,
      approvedBy: "token:colleague",
      approvedAt: expect.any(String) as string,
    });
    expect(await newestAudit(admin, "profile.approveSpecification")).toMatchObject({
      target: "profile:specified",
      actor: "token:colleague",
    });
    const changed = await changeProfile(admin, {
      profileId,
      revision: approved.revision,
      specification: { ...specification, qos: 2 },
    });
    expect(changed.specification).toMatchObject({ qos: 2, approvedBy: null });
  });

  it("is not for its author, nor twice, nor without one", async () => {
    const { id: profileId } = await createProfile(admin, {
      name: "own",
      jsonSchema,
      specification,
    });
    await expect(approveSpecification(admin, { profileId, revision: 1 })).rejects.toThrow(
      "Whoever wrote a specification cannot approve it.",
    );
    await approveSpecification(colleague(), { profileId, revision: 1 });
    await expect(approveSpecification(colleague(), { profileId, revision: 2 })).rejects.toThrow(
      refused("conflict"),
    );
    await expect(
      approveSpecification(acme.ctx("operator"), { profileId, revision: 2 }),
    ).rejects.toThrow(refused("forbidden"));
    await expect(
      approveSpecification(other.ctx("admin"), { profileId, revision: 2 }),
    ).rejects.toThrow(refused("not_found"));
  });
});

describe("profile.traffic", () => {
  it("compares what came with what is specified", async () => {
    const { id: profileId } = await createProfile(admin, {
      name: "watched",
      jsonSchema,
      specification,
    });
    const { deviceId } = await createDevice(admin, { name: "Watched", profileId });
    const { key } = await withTenant(admin, (tx) =>
      tx.device.findUniqueOrThrow({ where: { deviceId }, select: { key: true } }),
    );
    const minute = new Date(Math.floor(admin.now().getTime() / 60_000) * 60_000);
    await database.ingest.pool.query(
      `INSERT INTO ledger_minute (tenant_id, minute, transport, profile_id, outcome, reason, count)
       VALUES ($1, $2, 'mqtts', $3, 'received', '', 1400), ($1, $2, 'mqtt', $3, 'received', '', 40)`,
      [acme.tenantId, minute, profileId],
    );
    await database.ingest.pool.query(
      `INSERT INTO device_status (tenant_id, device_key, last_message_at, protocol)
       VALUES ($1, $2, $3, 'MQTT 3.1.1')`,
      [acme.tenantId, key, minute],
    );

    const { observed, findings } = await profileTraffic(acme.ctx("viewer"), { profileId });

    expect(observed).toMatchObject({
      devices: 1,
      transports: { mqtts: 1400, mqtt: 40 },
      protocols: { "MQTT 3.1.1": 1 },
    });
    expect(findings.map(({ aspect, verdict }) => [aspect, verdict])).toEqual([
      ["transport", "differs"],
      ["protocol", "differs"],
      ["qos", "no_traffic"],
      ["rate", "agrees"],
    ]);
    await expect(profileTraffic(other.ctx("viewer"), { profileId })).rejects.toThrow(
      refused("not_found"),
    );
  });
});

describe("profile.draft", () => {
  async function keepApart(deviceId: string, channel: string, payload: string): Promise<void> {
    const device = await withTenant(admin, (tx) =>
      tx.device.findUniqueOrThrow({ where: { deviceId } }),
    );
    await database.ingest.pool.query(
      `INSERT INTO dead_letter (tenant_id, device_key, device_id, profile_id, received_at, event_at,
         transport, topic, qos, reason, detail, payload, channel)
       VALUES ($1, $2, $3, $4, now(), now(), 'mqtts', '', 1, 'in-quarantine', '', $5, $6)`,
      [acme.tenantId, device.key, deviceId, device.profileId, Buffer.from(payload), channel],
    );
  }

  it("is made of what a device in quarantine sent, and the reading of it is recorded", async () => {
    const { deviceId } = await createDevice(admin, { name: "Newcomer", quarantine: true });
    await keepApart(deviceId, "telemetry", '{"level":1.5,"on":true}');
    await keepApart(deviceId, "telemetry", "no json");

    const draft = await draftProfile(admin, { deviceId, from: "traffic" });

    expect(draft).toMatchObject({
      messages: 1,
      notes: ["1 messages could not be read."],
      jsonSchema: { properties: { level: { type: "number" }, on: { type: "boolean" } } },
    });
    expect(await newestAudit(admin, "profile.draft")).toMatchObject({
      target: `device:${deviceId}`,
    });
  });

  it("is made of its description", async () => {
    const { deviceId } = await createDevice(admin, { name: "Described", quarantine: true });
    await keepApart(
      deviceId,
      "description",
      '{"metrics":{"level":{"type":"number","unit":"m"}},"commands":["drain"]}',
    );

    expect(await draftProfile(admin, { deviceId, from: "description" })).toMatchObject({
      jsonSchema: { properties: { level: { type: "number", unit: "m" } } },
      commands: [{ name: "drain" }],
    });
  });

  it("of nothing there is nothing to make it of, in words", async () => {
    const { deviceId } = await createDevice(admin, { name: "Quiet" });

    await expect(draftProfile(admin, { deviceId, from: "traffic" })).rejects.toThrow(
      "has sent no readings that can be read",
    );
    await expect(draftProfile(admin, { deviceId, from: "description" })).rejects.toThrow(
      "has not described itself",
    );
    await expect(draftProfile(acme.ctx("operator"), { deviceId, from: "traffic" })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(draftProfile(other.ctx("admin"), { deviceId, from: "traffic" })).rejects.toThrow(
      refused("not_found"),
    );
  });
});
