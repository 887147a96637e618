import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChildren } from "#server/db/find-children.ts";
import { withTenant } from "#server/db/tenant.ts";
import { registerChildBy } from "#server/gateway/register-child.ts";
import type { RegisteredDevice } from "#server/gateway/identify/registry.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import { showDevice } from "#server/services/device/show.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { addChildren } from "#server/services/gateway/add-children.ts";
import { listChildren } from "#server/services/gateway/list-children.ts";
import { setGateway } from "#server/services/gateway/set-gateway.ts";
import { setChildPolicy } from "#server/services/gateway/set-policy.ts";
import { showOverview } from "#server/services/overview/show.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { judgeAll } from "#server/testing/presence.ts";

let database: TestDatabase;
let acme: TestTenant;
let other: TestTenant;
let admin: Context;
let stranger: Context;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  other = await createTestTenant(database, { slug: "other" });
  admin = acme.ctx("admin");
  stranger = other.ctx("admin");
});
afterAll(() => database.drop());

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;

async function trail(ctx: Context, target: string) {
  return withTenant(ctx, (tx) =>
    tx.auditEvent.findMany({
      where: { tenantId: ctx.tenantId, target },
      orderBy: { seq: "asc" },
      select: { actionCode: true, actor: true, outcome: true, payload: true },
    }),
  );
}

async function gatewayNamed(deviceId: string): Promise<RegisteredDevice> {
  const { id } = await createDevice(admin, { name: deviceId, deviceId });
  const { key } = await showDevice(admin, { device: deviceId });
  const { tenantId, profileId } = acme;
  return { tenantId, id, deviceId, profileId, deviceKey: BigInt(key), state: "active" };
}

describe("device.setGateway", () => {
  it("puts a device behind a gateway and takes it off, with its record", async () => {
    const hall = await gatewayNamed("hall-1");
    await createDevice(admin, { name: "Meter", deviceId: "meter-1" });

    await setGateway(admin, { deviceId: "meter-1", gateway: "hall-1" });

    expect(await showDevice(admin, { device: "meter-1" })).toMatchObject({
      gateway: { deviceId: "hall-1", name: "hall-1", presence: "never_seen" },
    });
    expect(await showDevice(admin, { device: "hall-1" })).toMatchObject({
      childCount: 1,
      childrenByPresence: { never_seen: 1 },
    });
    const [found] = await findChildren(database.ingest, ["meter-1"]);
    expect(found).toMatchObject({ gatewayKey: hall.deviceKey, device: { deviceId: "meter-1" } });
    expect((await trail(admin, "device:meter-1")).at(-1)).toMatchObject({
      actionCode: "device.setGateway",
      payload: { before: { gateway: null }, after: { gateway: "hall-1" } },
    });

    await setGateway(admin, { deviceId: "meter-1", gateway: null });

    expect(await showDevice(admin, { device: "meter-1" })).toMatchObject({ gateway: null });
  });

  it("is not for operators, nor for another tenant's devices", async () => {
    await gatewayNamed("hall-2");
    await createDevice(admin, { name: "Meter", deviceId: "meter-2" });
    const input = { deviceId: "meter-2", gateway: "hall-2" };

    await expect(setGateway(acme.ctx("operator"), input)).rejects.toThrow(refused("forbidden"));
    await expect(setGateway(stranger, input)).rejects.toThrow(refused("not_found"));
    await createDevice(stranger, { name: "Theirs", deviceId: "theirs" });
    await expect(setGateway(admin, { ...input, deviceId: "theirs" })).rejects.toThrow(
      refused("not_found"),
    );
  });

  it("gateways are not nested, and nothing is behind what is out of service", async () => {
    await gatewayNamed("hall-3");
    await gatewayNamed("hall-4");
    await createDevice(admin, { name: "Meter", deviceId: "meter-3" });
    await setGateway(admin, { deviceId: "meter-3", gateway: "hall-3" });

    const conflicts = [
      { deviceId: "hall-3", gateway: "hall-4" },
      { deviceId: "hall-4", gateway: "meter-3" },
      { deviceId: "hall-4", gateway: "hall-4" },
    ];
    for (const input of conflicts) {
      await expect(setGateway(admin, input)).rejects.toThrow(refused("conflict"));
    }
    await decommissionDevice(admin, { deviceId: "hall-4" });
    await expect(setGateway(admin, { deviceId: "meter-3", gateway: "hall-4" })).rejects.toThrow(
      refused("conflict"),
    );
  });
});

describe("gateway.addChildren", () => {
  it("registers what is new and attaches what is known, with one record", async () => {
    await gatewayNamed("hall-5");
    await createDevice(admin, { name: "Known", deviceId: "known-5" });

    const added = await addChildren(admin, {
      deviceId: "hall-5",
      profileId: acme.profileId,
      quarantine: true,
      tags: ["hall-5"],
      children: [
        { deviceId: "known-5" },
        { deviceId: "new-5a", name: "New" },
        { deviceId: "new-5b" },
      ],
    });

    expect(added).toEqual({ deviceId: "hall-5", registered: 2, attached: 1, already: 0 });
    const { children, count } = await listChildren(admin, { deviceId: "hall-5" });
    expect(count).toBe(3);
    expect(children.map(({ deviceId, state }) => [deviceId, state])).toEqual(
      expect.arrayContaining([
        ["known-5", "active"],
        ["new-5a", "quarantined"],
        ["new-5b", "quarantined"],
      ]),
    );
    expect((await trail(admin, "device:hall-5")).at(-1)).toMatchObject({
      actionCode: "gateway.addChildren",
      payload: { registered: ["new-5a", "new-5b"], attached: ["known-5"] },
    });
  });

  it("is all or nothing, and names the lines", async () => {
    await gatewayNamed("hall-6");
    await createDevice(stranger, { name: "Taken", deviceId: "taken-6" });
    const input = { deviceId: "hall-6", profileId: acme.profileId };

    const adding = addChildren(admin, {
      ...input,
      children: [{ deviceId: "fresh-6" }, { deviceId: "taken-6" }],
    });
    await expect(adding).rejects.toMatchObject({
      code: "conflict",
      fields: [{ path: "children.1", message: "Line 2: taken-6 is an id that is taken." }],
    });
    const repeated = addChildren(admin, {
      ...input,
      children: [{ deviceId: "x" }, { deviceId: "x" }],
    });
    await expect(repeated).rejects.toThrow(refused("conflict"));
    expect((await listChildren(admin, { deviceId: "hall-6" })).count).toBe(0);
  });

  it("is not for operators, nor for another tenant's gateway", async () => {
    await gatewayNamed("hall-7");
    const input = {
      deviceId: "hall-7",
      profileId: acme.profileId,
      children: [{ deviceId: "child-7" }],
    };

    await expect(addChildren(acme.ctx("operator"), input)).rejects.toThrow(refused("forbidden"));
    await expect(addChildren(stranger, input)).rejects.toThrow(refused("not_found"));
    await expect(addChildren(admin, { ...input, profileId: other.profileId })).rejects.toThrow(
      refused("not_found"),
    );
  });
});

describe("gateway.setChildPolicy and children that come by themselves", () => {
  const policy = () => ({
    mode: "register" as const,
    profileId: acme.profileId,
    quarantine: true,
    tags: ["auto"],
    maxChildren: 2,
  });
  const parts = () => {
    const { db, signer, keyring, now } = admin;
    return { db, signer, keyring, now };
  };

  it("registers unknown children once, up to the limit, as the system's gateway", async () => {
    const hall = await gatewayNamed("hall-8");
    const register = registerChildBy(parts());
    expect(await register(hall, "auto-8a", "10.0.0.8")).toMatchObject({
      refused: { reason: "child-unknown" },
    });
    await setChildPolicy(admin, { deviceId: "hall-8", policy: policy() });

    const [first, second] = await Promise.all([
      register(hall, "auto-8a", "10.0.0.8"),
      register(hall, "auto-8a", "10.0.0.8"),
    ]);

    expect(second).toEqual(first);
    expect(await showDevice(admin, { device: "auto-8a" })).toMatchObject({
      state: "quarantined",
      gateway: { deviceId: "hall-8" },
    });
    await register(hall, "auto-8b", "10.0.0.8");
    expect(await register(hall, "auto-8c", "10.0.0.8")).toMatchObject({
      refused: { reason: "child-limit" },
    });
    expect((await trail(admin, "device:auto-8a"))[0]).toMatchObject({
      actionCode: "gateway.registerChild",
      actor: "system:gateway",
    });
  });

  it("an id of another organisation is refused like an unknown one", async () => {
    const hall = await gatewayNamed("hall-9");
    await createDevice(stranger, { name: "Theirs", deviceId: "theirs-9" });
    await setChildPolicy(admin, { deviceId: "hall-9", policy: policy() });

    expect(await registerChildBy(parts())(hall, "theirs-9", "10.0.0.9")).toMatchObject({
      refused: { reason: "child-unknown" },
    });
  });

  it("records the policy before and after, and refuses other people's profiles", async () => {
    await gatewayNamed("hall-10");
    const input = { deviceId: "hall-10", policy: policy() };

    await setChildPolicy(admin, input);

    expect((await trail(admin, "device:hall-10")).at(-1)).toMatchObject({
      actionCode: "gateway.setChildPolicy",
      payload: { before: { mode: "refuse" }, after: { mode: "register", maxChildren: 2 } },
    });
    await expect(setChildPolicy(acme.ctx("operator"), input)).rejects.toThrow(refused("forbidden"));
    await expect(setChildPolicy(stranger, input)).rejects.toThrow(refused("not_found"));
    await expect(
      setChildPolicy(admin, { ...input, policy: { ...policy(), profileId: other.profileId } }),
    ).rejects.toThrow(refused("not_found"));
  });
});

it("the overview folds the silence of a gateway's children into one line", async () => {
  const hall = await gatewayNamed("hall-11");
  await addChildren(admin, {
    deviceId: "hall-11",
    profileId: acme.profileId,
    children: [{ deviceId: "quiet-11a" }, { deviceId: "quiet-11b" }],
  });
  const children = await findChildren(database.ingest, ["quiet-11a", "quiet-11b"]);
  for (const key of [hall.deviceKey, ...children.map(({ device }) => device.deviceKey)]) {
    await database.ingest.pool.query(
      "INSERT INTO device_status (tenant_id, device_key, last_message_at) VALUES ($1, $2, now() - interval '1 day')",
      [acme.tenantId, key.toString()],
    );
  }

  await judgeAll(database);

  const { quietGateways } = await showOverview(acme.ctx("viewer"), {});

  expect(quietGateways).toEqual([
    {
      id: hall.id,
      deviceId: "hall-11",
      name: "hall-11",
      presence: "silent",
      since: expect.any(String),
      devices: 2,
    },
  ]);
  expect((await showOverview(other.ctx("viewer"), {})).quietGateways).toEqual([]);
});
