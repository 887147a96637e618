import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTenant } from "#server/db/tenant.ts";
import { cancelCampaign } from "#server/services/campaign/cancel.ts";
import { changeCampaign } from "#server/services/campaign/change.ts";
import { campaignChoices } from "#server/services/campaign/choices.ts";
import { createCampaign } from "#server/services/campaign/create.ts";
import { listCampaignDevices } from "#server/services/campaign/list-devices.ts";
import { listCampaigns } from "#server/services/campaign/list.ts";
import { pauseCampaign } from "#server/services/campaign/pause.ts";
import { previewCampaign } from "#server/services/campaign/preview.ts";
import { campaignReport } from "#server/services/campaign/report.ts";
import { resumeCampaign } from "#server/services/campaign/resume.ts";
import type { CreateCampaignInput } from "#server/services/campaign/schemas.ts";
import { showCampaign } from "#server/services/campaign/show.ts";
import { startCampaign } from "#server/services/campaign/start.ts";
import type { Context } from "#server/services/context.ts";
import { suspendDevice } from "#server/services/device/suspend.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { certifiedDevices } from "#server/testing/campaigns.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { waitForControl } from "#server/testing/wait-for-control.ts";

const now = new Date("2026-03-01T00:00:00Z");
const issuedAt = new Date("2026-02-01T00:00:00Z");

let database: TestDatabase;
let acme: TestTenant;
let operator: Context;
let viewer: Context;
let stranger: Context;

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  const other = await createTestTenant(database, { slug: "other" });
  operator = acme.ctx("operator", { now: () => now });
  viewer = acme.ctx("viewer", { now: () => now });
  stranger = other.ctx("admin", { now: () => now });
});
afterAll(() => database.drop());

const refused = (code: string, words = "") =>
  expect.objectContaining({ code, message: expect.stringContaining(words) }) as ServiceError;

const devices = (prefix: string, count: number, more: { readonly days?: number } = {}) =>
  certifiedDevices(
    { database, tenant: acme },
    { prefix, count, tags: [prefix], issuedAt, ...more },
  );

const plan = (tag: string, more: Partial<CreateCampaignInput> = {}): CreateCampaignInput => ({
  name: `Rotate ${tag}`,
  target: { tags: [tag] },
  ...more,
});

async function started(tag: string, count: number, more: Partial<CreateCampaignInput> = {}) {
  await devices(tag, count);
  const { id } = await createCampaign(operator, plan(tag, more));
  return startCampaign(operator, { campaignId: id });
}

async function lastEvent(campaignId: string) {
  return withTenant(operator, (tx) =>
    tx.auditEvent.findFirst({
      where: { tenantId: acme.tenantId, target: `campaign:${campaignId}` },
      orderBy: { seq: "desc" },
      select: { actionCode: true, payload: true, reason: true },
    }),
  );
}

describe("campaign.preview", () => {
  it("counts who would be asked, and tells of what people should look at", async () => {
    const some = await devices("seen", 4);
    await suspendDevice(acme.ctx("admin"), { deviceId: some[0]?.deviceId ?? "" });

    const preview = await previewCampaign(viewer, { target: { tags: ["seen"] } });

    expect(preview).toMatchObject({
      devices: 4,
      taken: 3,
      suspended: 1,
      busy: 0,
      neverSeen: 3,
      connected: 0,
      asleep: 0,
      manual: 3,
      noOtherWay: 3,
      targetWords: ["tagged seen"],
      firstEnd: "2026-05-02T00:00:00.000Z",
    });
    expect(preview.warnings).toHaveLength(2);
  });

  it.each([
    ["by end", { endsBefore: "2026-03-05T00:00:00Z" }, 2],
    ["by key", { keyAlgorithm: "RSA 2048" }, 0],
    ["by state", { state: "superseded" as const }, 0],
    ["by profile", { profileIds: ["00000000-0000-4000-8000-000000000000"] }, 0],
  ])("finds certificates %s", async (what, target, count) => {
    if (what === "by end") await devices("ends", 2, { days: 30 });

    const preview = await previewCampaign(viewer, { target: { tags: ["ends"], ...target } });

    expect(preview.devices).toBe(count);
  });

  it("finds certificates that are named, also by their issuing CA", async () => {
    const [one] = await devices("named", 2);
    const certificateIds = [one?.certificateId ?? ""];
    const sha256 = "ab".repeat(32);
    await database.app.prisma.certificateAuthority.create({
      data: {
        sha256,
        kind: "issuing",
        subject: "CN=Issuing CA",
        pem: "",
        notBefore: issuedAt,
        notAfter: now,
      },
    });

    const target = { certificateIds, issuerSha256: sha256 };
    const preview = await previewCampaign(viewer, { target });

    expect(preview).toMatchObject({
      devices: 1,
      targetWords: ["issued by CN=Issuing CA", "one certificate, chosen by hand"],
    });
    expect(preview.warnings.join(" ")).toContain("No other issuing CA signs");
    const { issuers } = await campaignChoices(viewer, {});
    expect(issuers).toEqual([{ value: sha256, name: "CN=Issuing CA" }]);
    const unknown = { target: { issuerSha256: "cd".repeat(32) } };
    await expect(previewCampaign(viewer, unknown)).rejects.toThrow(refused("invalid", "No CA"));
  });

  it("knows what a target can name", async () => {
    await devices("nameable", 1);

    const choices = await campaignChoices(viewer, {});

    expect(choices.profiles).toEqual([{ value: acme.profileId, name: "generic" }]);
    expect(choices.tags).toContain("nameable");
    expect(choices.keyAlgorithms).toEqual(["EC P-256"]);
    expect(await campaignChoices(stranger, {})).toMatchObject({ profiles: [], tags: [] });
  });

  it("sees nothing of other organisations", async () => {
    await devices("ours", 1);

    expect(await previewCampaign(stranger, { target: {} })).toMatchObject({ devices: 0 });
  });
});

describe("campaign.create", () => {
  it("keeps the plan, with its record", async () => {
    const view = await createCampaign(operator, plan("plan", { reason: "Key of the CA is old" }));

    expect(view).toMatchObject({
      state: "draft",
      wave: 0,
      total: 0,
      perMinute: 60,
      patienceDays: 7,
      revision: 1,
      createdBy: "system:test",
    });
    expect(view.waves.map(({ percent }) => percent)).toEqual([1, 10, 100]);
    expect(await lastEvent(view.id)).toMatchObject({
      actionCode: "campaign.create",
      payload: { target: { tags: ["plan"] } },
    });
  });

  it("is not for viewers, not without a name or a whole plan, not for a CA that is not known", async () => {
    await expect(createCampaign(viewer, plan("x"))).rejects.toThrow(refused("forbidden"));
    await expect(createCampaign(operator, { ...plan("x"), name: " " })).rejects.toThrow(
      refused("invalid"),
    );
    await expect(createCampaign(operator, plan("x", { waves: [{ percent: 50 }] }))).rejects.toThrow(
      refused("invalid", "100 percent"),
    );
    await expect(
      createCampaign(operator, plan("x", { target: { issuerSha256: "ef".repeat(32) } })),
    ).rejects.toThrow(refused("invalid", "No CA"));
  });
});

describe("campaign.start", () => {
  it("gives each device its wave, the same ones every time, and tells the workers", async () => {
    await devices("waves", 20);
    const { id } = await createCampaign(operator, plan("waves"));
    const told = await waitForControl(database);

    const view = await startCampaign(operator, { campaignId: id, revision: 1 });

    expect(await told.next()).toMatchObject({ kind: "campaign", tenantId: acme.tenantId });
    await told.stop();
    expect(view).toMatchObject({ state: "running", wave: 1, total: 20, revision: 2 });
    expect(view.waves.map((wave) => wave.devices)).toEqual([1, 1, 18]);
    expect(view.counts).toMatchObject({ waiting: 20 });
    expect(await lastEvent(id)).toMatchObject({
      actionCode: "campaign.start",
      payload: { devices: 20, skipped: 0 },
    });
    await cancelCampaign(operator, { campaignId: id });
  });

  it("of two campaigns on one device the second skips it, and says whose it is", async () => {
    const first = await started("shared", 3);
    const { id } = await createCampaign(operator, plan("shared", { name: "Second" }));
    expect(await previewCampaign(viewer, { target: { tags: ["shared"] } })).toMatchObject({
      busy: 3,
      taken: 0,
      busyDevices: expect.arrayContaining([
        { deviceId: "shared-0", campaign: "Rotate shared" },
      ]) as unknown,
    });
    await expect(startCampaign(operator, { campaignId: id })).rejects.toThrow(
      refused("conflict", "All 3 devices"),
    );

    await devices("more", 2);
    const wide = await createCampaign(
      operator,
      plan("more", { target: { tags: ["shared", "more"] } }),
    );
    const view = await startCampaign(operator, { campaignId: wide.id });

    expect(view.counts).toMatchObject({ waiting: 2, skipped: 3 });
    const skipped = await listCampaignDevices(viewer, { campaignId: wide.id, state: "skipped" });
    expect(skipped.devices.map(({ detail, wave }) => [detail, wave])).toEqual(
      Array.from({ length: 3 }, () => ["The campaign “Rotate shared” has this device already.", 3]),
    );
    await cancelCampaign(operator, { campaignId: first.id });
    await expect(startCampaign(operator, { campaignId: id })).resolves.toMatchObject({
      total: 5 - 2,
    });
    await cancelCampaign(operator, { campaignId: id });
  });

  it("of two that begin at once each device is in one", async () => {
    await devices("race", 30);
    const both = await Promise.all([1, 2].map(() => createCampaign(operator, plan("race"))));

    const results = await Promise.allSettled(
      both.map(({ id }) => startCampaign(operator, { campaignId: id })),
    );

    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("is not for viewers, other organisations, twice, without devices, or changed since", async () => {
    await devices("once", 1);
    const { id } = await createCampaign(operator, plan("once"));
    const nobody = await createCampaign(operator, plan("nobody"));
    const start = (ctx: Context, campaignId: string, revision?: number) =>
      startCampaign(ctx, { campaignId, revision });

    await expect(start(viewer, id)).rejects.toThrow(refused("forbidden"));
    await expect(start(stranger, id)).rejects.toThrow(refused("not_found"));
    await expect(start(operator, id, 7)).rejects.toThrow(refused("conflict", "Somebody changed"));
    await expect(start(operator, nobody.id)).rejects.toThrow(refused("conflict", "No device fits"));
    await start(operator, id);
    await expect(start(operator, id)).rejects.toThrow(refused("conflict", "is running"));
  });
});

describe("campaign.pause, resume and cancel", () => {
  it("stops, goes on and ends, each with its record", async () => {
    const { id: campaignId } = await started("stop", 4);

    expect(await pauseCampaign(operator, { campaignId })).toMatchObject({ state: "paused" });
    expect(await lastEvent(campaignId)).toMatchObject({ actionCode: "campaign.pause" });
    expect(await resumeCampaign(operator, { campaignId })).toMatchObject({ state: "running" });
    expect(await lastEvent(campaignId)).toMatchObject({ actionCode: "campaign.resume" });
    const ended = await cancelCampaign(operator, { campaignId, reason: "Wrong profile" });
    expect(ended).toMatchObject({ state: "cancelled", counts: { skipped: 4, waiting: 0 } });
    expect(await lastEvent(campaignId)).toMatchObject({
      actionCode: "campaign.cancel",
      reason: "Wrong profile",
      payload: { left: 4, before: { state: "running" } },
    });
    const { devices: rows } = await listCampaignDevices(viewer, { campaignId });
    expect(rows[0]?.detail).toBe("The campaign was cancelled before the device was asked.");
  });

  it.each([
    ["pause", pauseCampaign],
    ["resume", resumeCampaign],
    ["cancel", cancelCampaign],
  ] as const)("%s is not for viewers or other organisations", async (name, change) => {
    const { id: campaignId } = await createCampaign(operator, plan(`four-${name}`));

    await expect(change(viewer, { campaignId })).rejects.toThrow(refused("forbidden"));
    await expect(change(stranger, { campaignId })).rejects.toThrow(refused("not_found"));
  });

  it("say in which state the campaign is when they cannot", async () => {
    const { id: campaignId } = await createCampaign(operator, plan("still"));
    await expect(pauseCampaign(operator, { campaignId })).rejects.toThrow(
      refused("conflict", "has not been started"),
    );
    await expect(resumeCampaign(operator, { campaignId })).rejects.toThrow(refused("conflict"));
    await cancelCampaign(operator, { campaignId });
    await expect(cancelCampaign(operator, { campaignId })).rejects.toThrow(
      refused("conflict", "was cancelled"),
    );
  });
});

describe("campaign.change", () => {
  it("changes rate and waves of one that is paused; those left move to the new waves", async () => {
    const { id: campaignId } = await started("change", 20);
    const { revision } = await pauseCampaign(operator, { campaignId });
    const waves = [{ percent: 1 }, { percent: 50 }, { percent: 75 }, { percent: 100 }];

    const view = await changeCampaign(operator, { campaignId, revision, waves, perMinute: 600 });

    expect(view).toMatchObject({ perMinute: 600, revision: revision + 1 });
    expect(view.waves.map((wave) => wave.devices)).toEqual([1, 9, 5, 5]);
    expect(view.waves[0]?.startedAt).toBe(now.toISOString());
    expect(await lastEvent(campaignId)).toMatchObject({
      actionCode: "campaign.change",
      payload: { before: { perMinute: 60 }, after: { perMinute: 600 } },
    });
    await expect(changeCampaign(operator, { campaignId, revision, perMinute: 5 })).rejects.toThrow(
      refused("conflict", "Somebody changed"),
    );
    const begun = { campaignId, revision: revision + 1, waves: [{ percent: 3 }, { percent: 100 }] };
    await expect(changeCampaign(operator, begun)).rejects.toThrow(
      refused("invalid", "Wave 1 has begun"),
    );
  });

  it("is not for viewers, other organisations, or a campaign that runs", async () => {
    const { id: campaignId, revision } = await started("changing", 1);
    const change = { campaignId, revision, perMinute: 5 };

    await expect(changeCampaign(viewer, change)).rejects.toThrow(refused("forbidden"));
    await expect(changeCampaign(stranger, change)).rejects.toThrow(refused("not_found"));
    await expect(changeCampaign(operator, change)).rejects.toThrow(
      refused("conflict", "is running"),
    );
    await expect(changeCampaign(operator, { ...change, perMinute: 0 })).rejects.toThrow(
      refused("invalid"),
    );
  });
});

describe("reading", () => {
  it("goes through campaigns and devices page by page", async () => {
    const { id: campaignId } = await started("pages", 5);

    const first = await listCampaigns(viewer, { limit: 1 });
    const second = await listCampaigns(viewer, { limit: 1, cursor: first.next ?? "" });
    expect(first.campaigns).toHaveLength(1);
    expect(second.campaigns[0]?.id).not.toBe(first.campaigns[0]?.id);
    const some = await listCampaignDevices(viewer, { campaignId, limit: 3, state: "open" });
    const rest = await listCampaignDevices(viewer, {
      campaignId,
      limit: 3,
      cursor: some.next ?? "",
    });
    expect(new Set([...some.devices, ...rest.devices].map(({ deviceId }) => deviceId)).size).toBe(
      5,
    );
    expect(rest.next).toBeNull();
    const bad = { campaignId, cursor: "x" };
    await expect(listCampaignDevices(viewer, bad)).rejects.toThrow(refused("invalid"));
  });

  it("the report names every device, once", async () => {
    const { id: campaignId } = await started("report", 3);
    let text = "";
    for await (const record of await campaignReport(viewer, { campaignId })) text += record;

    const [heading, ...lines] = text.trim().split("\r\n");
    expect(heading).toContain("device_id,name,wave,state");
    expect(new Set(lines.map((line) => line.split(",")[0]))).toEqual(
      new Set(["report-0", "report-1", "report-2"]),
    );
    expect(lines).toHaveLength(3);
  });

  it("is not across organisations", async () => {
    const { id: campaignId } = await createCampaign(operator, plan("hidden"));

    await expect(showCampaign(stranger, { campaignId })).rejects.toThrow(refused("not_found"));
    await expect(listCampaignDevices(stranger, { campaignId })).rejects.toThrow(
      refused("not_found"),
    );
    await expect(campaignReport(stranger, { campaignId })).rejects.toThrow(refused("not_found"));
    expect(await listCampaigns(stranger, {})).toEqual({ campaigns: [], next: null });
  });
});
