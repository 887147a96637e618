import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { escalateAlerts, raiseAlerts } from "#server/db/write-alerts.ts";
import type { AlertRule, Finding } from "#server/domain/alert.ts";
import { acknowledgeAlerts } from "#server/services/alert/acknowledge-many.ts";
import { acknowledgeAlert } from "#server/services/alert/acknowledge.ts";
import { checkAlertsNow } from "#server/services/alert/check.ts";
import { countAlerts } from "#server/services/alert/counts.ts";
import { listAlerts } from "#server/services/alert/list.ts";
import { resolveAlert } from "#server/services/alert/resolve.ts";
import { showAlert } from "#server/services/alert/show.ts";
import type { Context } from "#server/services/context.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { waitForControl } from "#server/testing/wait-for-control.ts";

let database: TestDatabase;
let acme: TestTenant;
let operator: Context;
let stranger: Context;
let now = new Date("2027-01-01T00:00:00Z");
let serial = 0;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  operator = acme.ctx("operator", { now: () => now });
  stranger = (await createTestTenant(database, { slug: "other" })).ctx("admin");
});
afterAll(() => database.drop());
beforeEach(() => {
  now = new Date(now.getTime() + 60_000);
});

function finding(rule: AlertRule, more: Partial<Finding> = {}): Finding {
  serial += 1;
  return {
    tenantId: acme.tenantId,
    rule,
    subject: {
      kind: "certificate",
      id: `c${serial}`,
      name: `pump-${serial}`,
      path: "/certificates/x",
    },
    step: "30",
    severity: "warning",
    title: `Pump ${serial}`,
    detail: "It ends.",
    remedy: "Renew it.",
    seenAt: null,
    ...more,
  };
}

async function raised(rule: AlertRule = "certificate-ending", more: Partial<Finding> = {}) {
  const one = finding(rule, more);
  await withTenant(operator, (tx) => raiseAlerts(tx, { findings: [one], now }));
  const page = await listAlerts(operator, { subject: one.subject.id });
  return { id: page.alerts[0]?.id ?? "", finding: one };
}

async function lastAudit() {
  return withTenant(operator, (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: acme.tenantId },
      orderBy: { seq: "desc" },
      select: { actionCode: true, target: true, payload: true, outcome: true },
    }),
  );
}

describe("alert.acknowledge", () => {
  it("keeps who has seen it and why, in the alert, its history and the audit trail", async () => {
    const { id } = await raised();
    const note = "A technician drives there.";
    now = new Date(now.getTime() + 1000);

    const value = await acknowledgeAlert(operator, { alertId: id, note });

    expect(value).toMatchObject({ state: "acknowledged", acknowledgedBy: "system:test", note });
    expect((await showAlert(operator, { alertId: id })).events).toMatchObject([
      { kind: "acknowledged", detail: note, by: "system:test" },
      { kind: "fired", by: "system" },
    ]);
    expect(await lastAudit()).toMatchObject({
      actionCode: "alert.acknowledge",
      target: `alert:${id}`,
      payload: { rule: "certificate-ending", note },
    });
  });

  it("is not for viewers, nor for other organisations, nor twice", async () => {
    const { id: alertId } = await raised();
    const refused = (ctx: Context, code: string) =>
      expect(acknowledgeAlert(ctx, { alertId })).rejects.toMatchObject({ code });
    await refused(acme.ctx("viewer"), "forbidden");
    expect(await lastAudit()).toMatchObject({ outcome: "denied" });
    await refused(stranger, "not_found");
    await acknowledgeAlert(operator, { alertId });
    await refused(operator, "conflict");
    await expect(acknowledgeAlert(operator, { alertId: "no" })).rejects.toMatchObject({
      code: "invalid",
    });
  });

  it("holds until the next step, which opens the alert again", async () => {
    const { id, finding: one } = await raised();
    await acknowledgeAlert(operator, { alertId: id, note: "Seen." });
    const next = { ...one, step: "14", title: "Sooner" };
    const steps = [{ id, was: "30", finding: next }];
    await withTenant(operator, (tx) => escalateAlerts(tx, { steps, now }));
    // A second worker that saw the same changes nothing.
    await withTenant(operator, (tx) => escalateAlerts(tx, { steps, now }));
    const alert = await showAlert(operator, { alertId: id });
    expect(alert).toMatchObject({
      state: "open",
      step: "14",
      title: "Sooner",
      note: "",
      acknowledgedBy: null,
    });
    expect(alert.events).toHaveLength(3);
  });
});

describe("alert.acknowledgeMany", () => {
  it("takes those that are open, with one audit event", async () => {
    const ids = [await raised(), await raised(), await raised()].map(({ id }) => id);
    await acknowledgeAlert(operator, { alertId: ids[0] ?? "" });

    const value = await acknowledgeAlerts(operator, { alertIds: ids, note: "All of one batch." });

    expect(value).toEqual({ acknowledged: 2 });
    const { payload } = (await lastAudit()) ?? {};
    expect((payload as { alertIds: string[] }).alertIds.toSorted()).toEqual(
      ids.slice(1).toSorted(),
    );
  });

  it("is not for viewers, nor for other organisations, nor for none", async () => {
    const { id } = await raised();
    const refused = (ctx: Context, alertIds: string[], code: string) =>
      expect(acknowledgeAlerts(ctx, { alertIds })).rejects.toMatchObject({ code });
    await refused(acme.ctx("viewer"), [id], "forbidden");
    await refused(stranger, [id], "conflict");
    await refused(operator, [], "invalid");
  });
});

describe("alert.resolve", () => {
  it("ends what comes and goes, and the same may come again", async () => {
    const { id, finding: one } = await raised("two-places", { step: "", seenAt: now });
    expect(await resolveAlert(operator, { alertId: id, note: "Two uplinks." })).toMatchObject({
      state: "resolved",
      resolvedBy: "system:test",
    });
    expect(await lastAudit()).toMatchObject({ actionCode: "alert.resolve" });
    await withTenant(operator, (tx) => raiseAlerts(tx, { findings: [one, one], now }));
    const page = await listAlerts(operator, { subject: one.subject.id, state: "all" });
    expect(page.alerts.map(({ state }) => state).toSorted()).toEqual(["open", "resolved"]);
  });

  it("is not for viewers, other organisations, what lasts, or what is resolved", async () => {
    const { id } = await raised("two-places", { step: "" });
    const refused = (ctx: Context, alertId: string, code: string) =>
      expect(resolveAlert(ctx, { alertId })).rejects.toMatchObject({ code });
    await refused(acme.ctx("viewer"), id, "forbidden");
    await refused(stranger, id, "not_found");
    await refused(operator, (await raised("weak-key")).id, "conflict");
    await resolveAlert(operator, { alertId: id });
    await refused(operator, id, "conflict");
  });
});

describe("alert.check", () => {
  it("tells the workers, and is not for viewers", async () => {
    const told = await waitForControl(database);
    expect(await checkAlertsNow(operator, {})).toEqual({ asked: true });
    expect(await told.next()).toEqual({ kind: "alerts", tenantId: acme.tenantId });
    await told.stop();
    expect(await lastAudit()).toMatchObject({ actionCode: "alert.check", target: "alerts" });
    await expect(checkAlertsNow(acme.ctx("viewer"), {})).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("alerts", () => {
  it("are listed page by page and narrowed, and counted", async () => {
    const critical = await raised("shared-key", { step: "", severity: "critical" });
    const ids = async (input: Parameters<typeof listAlerts>[1]) =>
      (await listAlerts(operator, input)).alerts.map(({ id }) => id);
    expect(await ids({ rule: "shared-key,weak-key", severity: "critical" })).toEqual([critical.id]);
    expect(await ids({ state: "acknowledged", rule: "shared-key" })).toEqual([]);
    expect(await ids({ subject: critical.finding.subject.name })).toContain(critical.id);

    const all = await ids({ state: "all", limit: 200 });
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listAlerts(operator, { state: "all", limit: 3, cursor });
      paged.push(...page.alerts.map(({ id }) => id));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(paged).toEqual(all);

    const counts = await countAlerts(acme.ctx("viewer"), {});
    expect(counts.bySeverity.critical).toBe(1);
    expect(counts.open).toBe(await ids({ state: "open", limit: 200 }).then((each) => each.length));
    expect(await countAlerts(stranger, {})).toMatchObject({ open: 0, acknowledged: 0 });
    expect((await listAlerts(stranger, { state: "all" })).alerts).toEqual([]);
    await expect(showAlert(stranger, { alertId: critical.id })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(listAlerts(operator, { rule: "nonsense" })).rejects.toMatchObject({
      code: "invalid",
    });
  });
});
