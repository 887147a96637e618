import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { newWidget, type DashboardContent } from "#server/domain/dashboard.ts";
import { dashboardContentSchema } from "#server/domain/dashboard-schema.ts";
import type { Role } from "#server/domain/roles.ts";
import type { Context } from "#server/services/context.ts";
import { addDashboardWidget } from "#server/services/dashboard/add-widget.ts";
import { dashboardChoices } from "#server/services/dashboard/choices.ts";
import { createDashboard } from "#server/services/dashboard/create.ts";
import { duplicateDashboard } from "#server/services/dashboard/duplicate.ts";
import { exportDashboard } from "#server/services/dashboard/export.ts";
import { checkDashboardImport, importDashboard } from "#server/services/dashboard/import.ts";
import { listReadyMade } from "#server/services/dashboard/list-ready-made.ts";
import { listDashboards } from "#server/services/dashboard/list.ts";
import { adoptReadyMade, showReadyMade } from "#server/services/dashboard/ready-made.ts";
import { dashboardReferences } from "#server/services/dashboard/references.ts";
import { removeDashboard } from "#server/services/dashboard/remove.ts";
import { restoreDashboard } from "#server/services/dashboard/restore.ts";
import { saveDashboard } from "#server/services/dashboard/save.ts";
import { searchDashboards } from "#server/services/dashboard/search.ts";
import { selectionAlerts } from "#server/services/dashboard/selection-alerts.ts";
import { selectionDevices } from "#server/services/dashboard/selection-devices.ts";
import { selectionPresence } from "#server/services/dashboard/selection-presence.ts";
import { shareDashboard } from "#server/services/dashboard/share.ts";
import { showDashboardVersion } from "#server/services/dashboard/show-version.ts";
import { showDashboard } from "#server/services/dashboard/show.ts";
import { dashboardVersions } from "#server/services/dashboard/versions.ts";
import { createDevice } from "#server/services/device/create.ts";
import type { ServiceError } from "#server/services/errors.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

let database: TestDatabase;
let acme: TestTenant;
let ada: Context;
let ben: Context;
let viewer: Context;
let stranger: Context;
let pump: string;

const person = (tenant: TestTenant, role: Role, name: string): Context =>
  tenant.ctx(role, {
    actor: { type: "user", id: randomUUID(), email: `${name}@acme.example`, sessionId: "s" },
  });

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  ada = person(acme, "operator", "ada");
  ben = person(acme, "operator", "ben");
  viewer = person(acme, "viewer", "vera");
  stranger = person(await createTestTenant(database, { slug: "other" }), "admin", "eve");
  const admin = acme.ctx("admin");
  const { deviceId } = await createDevice(admin, { name: "Pump" });
  pump = await withTenant(admin, async (tx) => {
    const row = await tx.device.findUniqueOrThrow({ where: { deviceId }, select: { id: true } });
    return row.id;
  });
});
afterAll(() => database.drop());

const refused = (code: string, words = "") =>
  expect.objectContaining({ code, message: expect.stringContaining(words) }) as ServiceError;

const line = (id: string, devices: readonly string[] = [pump]) =>
  newWidget("line", {
    id,
    x: 0,
    y: 0,
    devices: { by: "devices", ids: [...devices] },
    metrics: ["heat"],
  });
const contentOf = (...widgets: DashboardContent["widgets"]): DashboardContent =>
  dashboardContentSchema.parse({ format: 1, widgets });

async function made(ctx: Context = ada, more: Partial<Parameters<typeof createDashboard>[1]> = {}) {
  return createDashboard(ctx, { name: "Hall", content: contentOf(line("a")), ...more });
}

async function lastEvent(dashboardId: string) {
  return withTenant(ada, (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: acme.tenantId, target: `dashboard:${dashboardId}` },
      orderBy: { seq: "desc" },
      select: { actionCode: true, payload: true },
    }),
  );
}

/** What every change has in common: not for viewers, and not of what one cannot see. */
function refusals(change: (ctx: Context, dashboardId: string) => Promise<unknown>) {
  it("is not for viewers", async () => {
    const { id } = await made(ada, { sharing: "edit" });

    await expect(change(viewer, id)).rejects.toThrow(refused("forbidden"));
  });

  it("does not find what belongs to another organisation, or is private to somebody else", async () => {
    const { id } = await made();

    await expect(change(stranger, id)).rejects.toThrow(refused("not_found"));
    await expect(change(ben, id)).rejects.toThrow(refused("not_found"));
    await expect(change(acme.ctx("admin"), id)).rejects.toThrow(refused("not_found"));
  });
}

describe("dashboard.create", () => {
  it("makes one that is private to its maker, with its first version and its record", async () => {
    const view = await made();

    expect(view).toMatchObject({
      sharing: "private",
      isOwn: true,
      mayChange: true,
      revision: 1,
      widgets: 1,
    });
    expect(await lastEvent(view.id)).toMatchObject({
      actionCode: "dashboard.create",
      payload: { name: "Hall" },
    });
    expect(await dashboardVersions(ada, { dashboardId: view.id })).toMatchObject([
      { version: 1, changes: [] },
    ]);
    await expect(showDashboard(ben, { dashboardId: view.id })).rejects.toThrow(
      refused("not_found"),
    );
    expect((await listDashboards(ben, {})).dashboards.map(({ id }) => id)).not.toContain(view.id);
  });

  it("of no person is shared, and cannot be private", async () => {
    const system = acme.ctx("admin");

    expect(await made(system)).toMatchObject({ sharing: "edit", isOwn: false });
    await expect(made(system, { sharing: "private" })).rejects.toThrow(refused("invalid"));
  });

  it("is not for viewers, and refuses what is no content", async () => {
    await expect(made(viewer)).rejects.toThrow(refused("forbidden"));
    const content = { format: 1 as const, widgets: [{ ...line("a"), w: 40 }] };
    await expect(made(ada, { content })).rejects.toThrow(refused("invalid"));
    expect(await lastEvent("none")).toBeNull();
  });
});

describe("dashboard.save", () => {
  it("writes a version with what changed, and its record", async () => {
    const { id } = await made();

    const saved = await saveDashboard(ada, {
      dashboardId: id,
      revision: 1,
      name: "Yard",
      content: contentOf(),
    });

    expect(saved).toMatchObject({ name: "Yard", revision: 2, widgets: 0 });
    const changes = ["Renamed from “Hall” to “Yard”.", "Removed the line widget."];
    expect((await dashboardVersions(ada, { dashboardId: id }))[0]).toMatchObject({
      version: 2,
      changes,
    });
    expect(await lastEvent(id)).toMatchObject({
      actionCode: "dashboard.save",
      payload: { revision: 2, changes },
    });
  });

  it("of an older state is a conflict that says who was faster", async () => {
    const { id } = await made(ada, { sharing: "edit" });
    await saveDashboard(ben, { dashboardId: id, revision: 1, name: "Ben's" });

    const second = saveDashboard(ada, { dashboardId: id, revision: 1, name: "Ada's" });

    await expect(second).rejects.toThrow(refused("conflict", "ben@acme.example"));
    expect(await showDashboard(ada, { dashboardId: id })).toMatchObject({ name: "Ben's" });
  });

  it("lets one of two at the same time win", async () => {
    const { id } = await made(ada, { sharing: "edit" });

    const both = await Promise.allSettled(
      [ada, ben].map((who) => saveDashboard(who, { dashboardId: id, revision: 1, name: "Mine" })),
    );

    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  it("of what is shared for looking only is refused in words", async () => {
    const { id } = await made(ada, { sharing: "view" });

    expect(await showDashboard(ben, { dashboardId: id })).toMatchObject({
      mayChange: false,
      mayShare: false,
    });
    await expect(saveDashboard(ben, { dashboardId: id, revision: 1, name: "x" })).rejects.toThrow(
      refused("forbidden", "looking at only"),
    );
  });

  refusals((ctx, dashboardId) => saveDashboard(ctx, { dashboardId, revision: 1, name: "x" }));
});

describe("dashboard.share", () => {
  it("says who sees it, with its record", async () => {
    const { id } = await made();

    expect(await shareDashboard(ada, { dashboardId: id, sharing: "view" })).toMatchObject({
      sharing: "view",
    });

    expect(await showDashboard(viewer, { dashboardId: id })).toMatchObject({
      isOwn: false,
      mayChange: false,
    });
    expect(await lastEvent(id)).toMatchObject({
      actionCode: "dashboard.share",
      payload: { before: "private", after: "view" },
    });
  });

  it("is its owner's, and an administrator's where it is shared; private is its owner's alone", async () => {
    const { id: dashboardId } = await made(ada, { sharing: "edit" });
    const admin = person(acme, "admin", "amy");

    await expect(shareDashboard(ben, { dashboardId, sharing: "view" })).rejects.toThrow(
      refused("forbidden"),
    );
    await expect(shareDashboard(admin, { dashboardId, sharing: "private" })).rejects.toThrow(
      refused("invalid"),
    );
    expect(await shareDashboard(admin, { dashboardId, sharing: "view" })).toMatchObject({
      sharing: "view",
    });
  });

  refusals((ctx, dashboardId) => shareDashboard(ctx, { dashboardId, sharing: "view" }));
});

describe("dashboard.duplicate", () => {
  it("copies what one sees into one of one's own, with its record", async () => {
    const { id } = await made(ada, { sharing: "view" });

    const copy = await duplicateDashboard(ben, { dashboardId: id });

    expect(copy).toMatchObject({
      name: "Hall (copy)",
      isOwn: true,
      sharing: "private",
      widgets: 1,
    });
    expect(await lastEvent(copy.id)).toMatchObject({
      actionCode: "dashboard.duplicate",
      payload: { copyOf: id },
    });
  });

  refusals((ctx, dashboardId) => duplicateDashboard(ctx, { dashboardId }));
});

describe("dashboard.remove", () => {
  it("takes its versions with it, and leaves its record", async () => {
    const { id } = await made();

    await removeDashboard(ada, { dashboardId: id });

    await expect(showDashboard(ada, { dashboardId: id })).rejects.toThrow(refused("not_found"));
    expect(await lastEvent(id)).toMatchObject({
      actionCode: "dashboard.remove",
      payload: { name: "Hall" },
    });
    await expect(removeDashboard(ada, { dashboardId: id })).rejects.toThrow(refused("not_found"));
  });

  it("is not for those who may only change it", async () => {
    const { id } = await made(ada, { sharing: "edit" });

    await expect(removeDashboard(ben, { dashboardId: id })).rejects.toThrow(refused("forbidden"));
  });

  refusals((ctx, dashboardId) => removeDashboard(ctx, { dashboardId }));
});

describe("dashboard.addWidget", () => {
  it("finds a place and an id for what is added, also by two at once", async () => {
    const { id } = await made(ada, { sharing: "edit" });

    await Promise.all(
      [ada, ben].map((who) => addDashboardWidget(who, { dashboardId: id, widget: line("a") })),
    );

    const { content, revision } = await showDashboard(ada, { dashboardId: id });
    expect(revision).toBe(3);
    expect(content.widgets.map((each) => each.id)).toEqual(["a", "a-2", "a-3"]);
    expect(content.widgets.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [6, 0],
      [0, 4],
    ]);
    expect(await lastEvent(id)).toMatchObject({
      actionCode: "dashboard.addWidget",
      payload: { revision: 3 },
    });
  });

  it("is refused where there is no room", async () => {
    const full = contentOf(
      ...Array.from({ length: 60 }, (_, at) => ({ ...line(`w${at}`), y: at * 4 })),
    );
    const { id } = await made(ada, { content: full });

    await expect(addDashboardWidget(ada, { dashboardId: id, widget: line("z") })).rejects.toThrow(
      refused("invalid"),
    );
  });

  refusals((ctx, dashboardId) => addDashboardWidget(ctx, { dashboardId, widget: line("z") }));
});

describe("dashboard.restore", () => {
  it("makes a new version of an old one, with its record", async () => {
    const { id: dashboardId } = await made();
    await saveDashboard(ada, { dashboardId, revision: 1, content: contentOf() });

    const back = await restoreDashboard(ada, { dashboardId, revision: 2, version: 1 });

    expect(back).toMatchObject({ revision: 3, widgets: 1 });
    expect(await showDashboardVersion(ada, { dashboardId, version: 2 })).toMatchObject({
      content: { widgets: [] },
    });
    expect(await lastEvent(dashboardId)).toMatchObject({
      actionCode: "dashboard.restore",
      payload: { version: 1 },
    });
    await expect(restoreDashboard(ada, { dashboardId, revision: 2, version: 1 })).rejects.toThrow(
      refused("conflict"),
    );
    await expect(restoreDashboard(ada, { dashboardId, revision: 3, version: 9 })).rejects.toThrow(
      refused("not_found"),
    );
  });

  refusals((ctx, dashboardId) => restoreDashboard(ctx, { dashboardId, revision: 1, version: 1 }));
});

describe("dashboard.import", () => {
  it("finds things by their names, names what is not here, and keeps its widgets", async () => {
    const gone = randomUUID();
    const { id } = await made(ada, { content: contentOf(line("a", [pump, gone])) });
    const file = await exportDashboard(ada, { dashboardId: id });

    const report = await checkDashboardImport(ada, { file });
    const { dashboard } = await importDashboard(ada, { file, name: "Again" });

    expect(report.gaps.map(({ kind, name }) => [kind, name])).toEqual([
      ["device", gone],
      ["metric", "heat"],
    ]);
    expect(dashboard).toMatchObject({ name: "Again", widgets: 1 });
    expect(dashboard.content).toEqual(contentOf(line("a", [pump, gone])));
    expect(await lastEvent(dashboard.id)).toMatchObject({
      actionCode: "dashboard.import",
      payload: { gaps: 2 },
    });
  });

  it("in another organisation knows nothing of ours", async () => {
    const { id } = await made();
    const file = await exportDashboard(ada, { dashboardId: id });

    const report = await checkDashboardImport(stranger, { file });

    expect(report.gaps.map(({ kind }) => kind)).toEqual(["device", "metric"]);
    await expect(importDashboard(viewer, { file })).rejects.toThrow(refused("forbidden"));
    const broken = { ...file, format: 7 as 1 };
    await expect(importDashboard(ada, { file: broken })).rejects.toThrow(
      refused("invalid", "not known here"),
    );
    await expect(exportDashboard(ben, { dashboardId: id })).rejects.toThrow(refused("not_found"));
  });
});

describe("the ready-made dashboard of a profile", () => {
  it("is there for everyone without being stored, and can be made one's own", async () => {
    const { profileId } = acme;

    expect(await showReadyMade(viewer, { profileId })).toMatchObject({ name: "generic" });
    expect((await listReadyMade(viewer, {})).map((each) => each.profileId)).toEqual([profileId]);
    const own = await adoptReadyMade(ada, { profileId });

    expect(own).toMatchObject({ name: "generic", isOwn: true });
    expect(await lastEvent(own.id)).toMatchObject({
      actionCode: "dashboard.adoptReadyMade",
      payload: { profileId },
    });
    await expect(adoptReadyMade(viewer, { profileId })).rejects.toThrow(refused("forbidden"));
    await expect(adoptReadyMade(stranger, { profileId })).rejects.toThrow(refused("not_found"));
  });
});

describe("what widgets ask", () => {
  it("is answered for a selection, and never with what is another's", async () => {
    const devices = { by: "devices" as const, ids: [pump] };

    expect(await selectionPresence(viewer, { devices })).toEqual([
      { presence: "never_seen", devices: 1 },
    ]);
    expect(await selectionPresence(stranger, { devices })).toEqual([]);
    expect(await selectionDevices(viewer, { devices })).toMatchObject({
      matching: 1,
      devices: [{ name: "Pump" }],
    });
    expect(await selectionDevices(stranger, { devices })).toEqual({ matching: 0, devices: [] });
    expect((await dashboardChoices(viewer, {})).profiles).toMatchObject([{ id: acme.profileId }]);
    const asked = { device: [pump], profile: [acme.profileId], metric: ["heat"] };
    expect(await dashboardReferences(stranger, asked)).toMatchObject({
      device: {},
      profile: {},
      metric: {},
    });
    expect(Object.keys((await dashboardReferences(viewer, asked)).device)).toEqual([pump]);
  });

  it("about alerts knows those of the selection's devices and certificates", async () => {
    await withTenant(ada, async (tx) => {
      const { tenantId } = acme;
      const { deviceId } = await tx.device.findFirstOrThrow({ where: { tenantId, id: pump } });
      const common = {
        tenantId,
        rule: "two-places",
        severity: "warning",
        title: "t",
        detail: "",
        remedy: "",
      };
      const at = { firstAt: new Date(), lastAt: new Date() };
      await tx.alert.createMany({
        data: [
          { ...common, ...at, subjectKind: "device", subjectId: deviceId, subjectName: "Pump" },
          {
            ...common,
            ...at,
            subjectKind: "certificate",
            subjectId: randomUUID(),
            subjectName: deviceId,
          },
          { ...common, ...at, subjectKind: "device", subjectId: "another", subjectName: "Another" },
          {
            ...common,
            ...at,
            subjectKind: "crl",
            subjectId: "ca",
            subjectName: deviceId,
            severity: "info",
          },
        ],
      });
    });
    const devices = { by: "devices" as const, ids: [pump] };
    const all = { by: "filter" as const, filter: {} };

    const kinds = async (ctx: Context, input: Parameters<typeof selectionAlerts>[1]) =>
      (await selectionAlerts(ctx, input)).map(({ subject }) => subject.kind).toSorted();

    expect(await kinds(viewer, { devices })).toEqual(["certificate", "device"]);
    expect(await kinds(viewer, { devices: all })).toEqual([
      "certificate",
      "crl",
      "device",
      "device",
    ]);
    expect(await kinds(viewer, { devices: all, severities: ["info"] })).toEqual(["crl"]);
    expect(await kinds(stranger, { devices })).toEqual([]);
    expect(await kinds(viewer, { devices: { by: "group", groupId: randomUUID() } })).toEqual([]);
  });

  it("about dashboards finds a few by name, but none that is private to somebody else", async () => {
    const { id } = await made(ada, { name: "Boiler room" });

    expect(await searchDashboards(ada, { text: "boiler" })).toEqual([{ id, name: "Boiler room" }]);
    expect(await searchDashboards(ben, { text: "boiler" })).toEqual([]);
    expect(await searchDashboards(ada, { text: "100%_" })).toEqual([]);
    expect((await searchDashboards(ada, {})).length).toBeLessThanOrEqual(8);
  });
});
