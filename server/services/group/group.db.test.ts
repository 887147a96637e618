import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deviceSelectionSql } from "#server/db/device-selection-sql.ts";
import { withTenant } from "#server/db/tenant.ts";
import { everyDevice } from "#server/domain/fleet-filter.ts";
import type { Context } from "#server/services/context.ts";
import { createDevice } from "#server/services/device/create.ts";
import { listDevices } from "#server/services/device/list.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { changeGroup } from "#server/services/group/change.ts";
import { createGroup } from "#server/services/group/create.ts";
import { listGroups } from "#server/services/group/list.ts";
import { listGroupMembers } from "#server/services/group/members.ts";
import { removeGroup } from "#server/services/group/remove.ts";
import { showGroup } from "#server/services/group/show.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";

let database: TestDatabase;
let admin: Context;
let viewer: Context;
let stranger: Context;
let count = 0;

beforeAll(async () => {
  database = await cloneDatabase();
  stranger = (await createTestTenant(database, { slug: "stranger" })).ctx("admin");
});
beforeEach(async () => {
  count += 1;
  const tenant = await createTestTenant(database, { slug: `acme-${count}` });
  admin = tenant.ctx("admin");
  viewer = tenant.ctx("viewer");
  await createDevice(admin, { name: "roof pump", tags: ["roof"] });
  await createDevice(admin, { name: "cellar pump", tags: ["cellar"] });
});
afterAll(() => database.drop());

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;
const filterOf = (query: string) => ({ query });

async function lastEvent() {
  return withTenant(admin, (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: admin.tenantId },
      orderBy: { seq: "desc" },
      select: { actionCode: true, target: true, payload: true },
    }),
  );
}

describe("a dynamic group", () => {
  it("has as members what matches its filter, now and later", async () => {
    const group = await createGroup(admin, { name: "Roof", filter: filterOf("tag:roof") });
    expect(await lastEvent()).toMatchObject({
      actionCode: "group.create",
      target: "group:Roof",
      payload: { after: { filter: { query: "tag:roof" } } },
    });
    await createDevice(admin, { name: "another", tags: ["roof"] });

    const members = await listGroupMembers(viewer, { groupId: group.id });
    const shown = await showGroup(viewer, { groupId: group.id });
    const [listed] = await listGroups(viewer, {});

    expect(members.devices.map(({ name }) => name)).toEqual(["another", "roof pump"]);
    expect(shown).toMatchObject({ members: 2, uses: [], unknown: [], changedBy: "" });
    expect(listed).toMatchObject({ name: "Roof", members: { count: 2, more: false } });
  });

  it("is found by its name in a query, by its id in a filter and in a selection", async () => {
    const { id } = await createGroup(admin, { name: "Roof", filter: filterOf("tag:roof") });
    const named = async (query: string) =>
      (await listDevices(viewer, { filter: { query } })).devices.map(({ name }) => name);

    expect(await named("group:roof")).toEqual(["roof pump"]);
    expect(await named("-group:roof")).toEqual(["cellar pump"]);
    const selected = await withTenant(viewer, async (tx) => {
      const at = { tenantId: viewer.tenantId, now: new Date() };
      const { from, where } = await deviceSelectionSql(tx, { by: "group", groupId: id }, at);
      return tx.$queryRaw`SELECT d.name FROM ${from} WHERE ${where}`;
    });
    expect(selected).toEqual([{ name: "roof pump" }]);
  });

  it("can be made of groups, but neither of itself nor too deep", async () => {
    const make = async (name: string, query: string) =>
      createGroup(admin, { name, filter: filterOf(query) });
    const a = await make("a", "tag:roof");
    await make("b", "group:a");
    await make("c", "group:b");
    const d = await make("d", "group:c pump");
    expect((await showGroup(viewer, { groupId: d.id })).members).toBe(1);

    await expect(make("e", "group:d")).rejects.toThrow(refused("invalid"));
    await expect(
      changeGroup(admin, { groupId: a.id, revision: 1, filter: filterOf("group:d") }),
    ).rejects.toThrow(/part of itself/);
    await expect(
      changeGroup(admin, {
        groupId: a.id,
        revision: 1,
        filter: { ...everyDevice.filter, groupIds: [a.id] },
      }),
    ).rejects.toThrow(/part of itself/);
  });

  it("is refused with a filter of everything, a broken query, a taken name", async () => {
    await createGroup(admin, { name: "Roof", filter: filterOf("tag:roof") });
    const make = (name: string, query: string) =>
      createGroup(admin, { name, filter: filterOf(query) });

    await expect(make("all", "")).rejects.toThrow(refused("invalid"));
    await expect(make("broken", "tag:")).rejects.toThrow(refused("invalid"));
    await expect(make("ROOF", "tag:test")).rejects.toThrow(refused("conflict"));
  });

  it("is changed by whoever read it last, with a trace", async () => {
    const { id } = await createGroup(admin, { name: "Roof", filter: filterOf("tag:roof") });

    const changed = await changeGroup(admin, { groupId: id, revision: 1, name: "Top" });

    expect(changed).toMatchObject({ name: "Top", revision: 2, changedBy: "system:test" });
    expect(await lastEvent()).toMatchObject({
      actionCode: "group.change",
      payload: { before: { name: "Roof" }, after: { name: "Top" } },
    });
    await expect(
      changeGroup(admin, { groupId: id, revision: 1, description: "late" }),
    ).rejects.toThrow(refused("conflict"));
  });

  it("keeps its name while a query says it, and stays while a group is made of it", async () => {
    const { id } = await createGroup(admin, { name: "Roof", filter: filterOf("tag:roof") });
    await createGroup(admin, { name: "Pumps up there", filter: filterOf("group:Roof pump") });

    await expect(changeGroup(admin, { groupId: id, revision: 1, name: "Top" })).rejects.toThrow(
      /Pumps up there/,
    );
    await expect(removeGroup(admin, { groupId: id })).rejects.toThrow(/Pumps up there/);
    expect((await showGroup(viewer, { groupId: id })).uses).toMatchObject([
      { kind: "group", name: "Pumps up there" },
    ]);
  });

  it("is removed with a trace; what names it matches nothing then", async () => {
    const { id } = await createGroup(admin, { name: "Roof", filter: filterOf("tag:roof") });

    await removeGroup(admin, { groupId: id });

    expect(await lastEvent()).toMatchObject({ actionCode: "group.remove", target: "group:Roof" });
    const list = await listDevices(viewer, { filter: { groupIds: [id] } });
    expect(list).toMatchObject({ devices: [], unknown: [{ kind: "group", name: id }] });
  });

  it("is neither seen nor changed by another organisation, nor changed by a viewer", async () => {
    const { id } = await createGroup(admin, { name: "Roof", filter: filterOf("tag:roof") });

    await expect(showGroup(stranger, { groupId: id })).rejects.toThrow(refused("not_found"));
    await expect(removeGroup(stranger, { groupId: id })).rejects.toThrow(refused("not_found"));
    await expect(changeGroup(stranger, { groupId: id, revision: 1 })).rejects.toThrow(
      refused("not_found"),
    );
    await expect(removeGroup(viewer, { groupId: id })).rejects.toThrow(refused("forbidden"));
    await expect(createGroup(viewer, { name: "x", filter: filterOf("tag:x") })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(changeGroup(viewer, { groupId: id, revision: 1 })).rejects.toThrow(
      refused("forbidden"),
    );
  });
});
