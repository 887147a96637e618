import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { newWidget, type Widget } from "#server/domain/dashboard.ts";
import { dashboardContentSchema } from "#server/domain/dashboard-schema.ts";
import { everyDevice, type FleetFilter } from "#server/domain/fleet-filter.ts";
import type { Reach } from "#server/domain/reach.ts";
import { bulkImpact } from "#server/services/bulk/impact.ts";
import type { Context } from "#server/services/context.ts";
import { createDashboard } from "#server/services/dashboard/create.ts";
import { deviceBlastRadius } from "#server/services/device/blast-radius.ts";
import { createDevice } from "#server/services/device/create.ts";
import { createGroup } from "#server/services/group/create.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { judgeAll } from "#server/testing/presence.ts";

let database: TestDatabase;
let acme: TestTenant;
let ada: Context;
let viewer: Context;
let stranger: Context;
let roofPump: string;
let cellarPump: string;

const person = (tenant: TestTenant, role: "operator" | "viewer"): Context =>
  tenant.ctx(role, {
    actor: { type: "user", id: randomUUID(), email: "p@example.org", sessionId: "s" },
  });

/** UUID of a new device. */
async function device(ctx: Context, name: string, tags: string[]): Promise<string> {
  const { deviceId } = await createDevice(ctx, { name, tags });
  return withTenant(ctx, async (tx) => {
    const row = await tx.device.findUniqueOrThrow({ where: { deviceId }, select: { id: true } });
    return row.id;
  });
}

const ofFilter = (filter: Partial<FleetFilter>) => ({
  by: "filter" as const,
  filter: { ...everyDevice.filter, ...filter },
});

function stat(devices: Exclude<Widget, { kind: "text" }>["devices"]): Widget {
  return newWidget("stat", { id: "s", x: 0, y: 0, devices, metrics: ["heat"] });
}

async function dashboard(ctx: Context, name: string, widget: Widget): Promise<void> {
  const content = dashboardContentSchema.parse({ format: 1, widgets: [widget] });
  await createDashboard(ctx, { name, content, sharing: ctx === ada ? "view" : "private" });
}

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  ada = person(acme, "operator");
  viewer = person(acme, "viewer");
  stranger = (await createTestTenant(database, { slug: "other" })).ctx("admin");
  const admin = acme.ctx("admin");
  roofPump = await device(admin, "roof pump", ["roof"]);
  cellarPump = await device(admin, "cellar pump", ["cellar"]);
  await judgeAll(database, new Date());

  await createGroup(admin, { name: "On the roof", filter: { query: "tag:roof" } });
  await createGroup(admin, { name: "Not in the cellar", filter: { query: "-tag:cellar" } });
  await createGroup(admin, { name: "Unheard", filter: { presence: ["never_seen"] } });
  const { id: roof } = await createGroup(admin, {
    name: "Above",
    filter: { query: 'group:"On the roof"' },
  });
  await createGroup(stranger, { name: "Theirs", filter: { query: "tag:roof" } });

  await dashboard(ada, "By id", stat({ by: "devices", ids: [roofPump] }));
  await dashboard(ada, "By group", stat({ by: "group", groupId: roof }));
  await dashboard(ada, "By group's name", stat(ofFilter({ query: "group:above" })));
  await dashboard(ada, "By profile", stat(ofFilter({ profileIds: [acme.profileId] })));
  await dashboard(ada, "By profile's name", stat(ofFilter({ query: "profile:Generic" })));
  await dashboard(ada, "Of everything", stat(ofFilter({})));
  await dashboard(ada, "Of the cellar", stat({ by: "devices", ids: [cellarPump] }));
  await dashboard(person(acme, "operator"), "A secret", stat({ by: "devices", ids: [roofPump] }));
});
afterAll(() => database.drop());

const names = ({ dashboards }: Reach) => dashboards.map(({ name }) => name);

describe("what hangs on devices", () => {
  it("is the dashboards that name them, their profile or their groups, by id or by name", async () => {
    const { reach } = await deviceBlastRadius(viewer, { device: roofPump });

    // Of a private one it is told that there is one.
    expect(names(reach)).toEqual([
      null,
      "By group",
      "By group's name",
      "By id",
      "By profile",
      "By profile's name",
    ]);
    expect(reach).toMatchObject({ otherDashboards: 0, groupsAskedOf: 1, isPartial: false });
  });

  it("is the groups that they belong to or whose filter asks for what may change", async () => {
    const { reach } = await deviceBlastRadius(viewer, { device: roofPump });

    expect(reach.groups.map(({ name, hasMembers, asks }) => [name, hasMembers, asks])).toEqual([
      ["Above", true, { presence: false, profile: false, place: false, tags: ["roof"] }],
      [
        "Not in the cellar",
        true,
        { presence: false, profile: false, place: false, tags: ["cellar"] },
      ],
      ["On the roof", true, { presence: false, profile: false, place: false, tags: ["roof"] }],
      ["Unheard", true, { presence: true, profile: false, place: false, tags: [] }],
    ]);
  });

  it("is another's of other devices, and none of devices that are not one's own", async () => {
    const cellar = await bulkImpact(ada, { selection: { by: "devices", ids: [cellarPump] } });
    const theirs = await bulkImpact(stranger, { selection: { by: "devices", ids: [cellarPump] } });

    expect(names(cellar.reach)).toEqual(["By profile", "By profile's name", "Of the cellar"]);
    expect(cellar.reach.groups.filter(({ hasMembers }) => hasMembers)).toMatchObject([
      { name: "Unheard" },
    ]);
    expect(theirs.reach.dashboards).toEqual([]);
    expect(theirs.reach.groups).toMatchObject([{ name: "Theirs", hasMembers: false }]);
  });

  it("is told of a filter that matches many, and of one that matches nothing", async () => {
    const all = await bulkImpact(ada, { selection: ofFilter({ query: "pump" }) });
    const none = await bulkImpact(ada, { selection: ofFilter({ text: "no such device" }) });

    expect(names(all.reach)).toContain("Of the cellar");
    expect(names(all.reach)).toContain("By id");
    expect(all.reach.groupsAskedOf).toBe(2);
    expect(none.reach).toMatchObject({ dashboards: [], groupsAskedOf: 0 });
    expect(none.reach.groups.some(({ hasMembers }) => hasMembers)).toBe(false);
  });
});
