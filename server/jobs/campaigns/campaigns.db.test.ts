import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { claimCampaigns, holdCampaign } from "#server/db/campaign-work.ts";
import { withTenant } from "#server/db/tenant.ts";
import type { CampaignParts } from "#server/jobs/campaigns/parts.ts";
import { startCampaigns } from "#server/jobs/campaigns/start.ts";
import { stepCampaign } from "#server/jobs/campaigns/step.ts";
import { cancelCampaign } from "#server/services/campaign/cancel.ts";
import { createCampaign } from "#server/services/campaign/create.ts";
import { listCampaignDevices } from "#server/services/campaign/list-devices.ts";
import { pauseCampaign } from "#server/services/campaign/pause.ts";
import { resumeCampaign } from "#server/services/campaign/resume.ts";
import type { CreateCampaignInput } from "#server/services/campaign/schemas.ts";
import { showCampaign } from "#server/services/campaign/show.ts";
import { startCampaign } from "#server/services/campaign/start.ts";
import type { CampaignView } from "#server/services/campaign/view.ts";
import type { Context } from "#server/services/context.ts";
import { suspendDevice } from "#server/services/device/suspend.ts";
import {
  campaignParts,
  certifiedDevices,
  followUp,
  type CertifiedDevice,
} from "#server/testing/campaigns.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";

const dayMs = 86_400_000;
const issuedAt = new Date("2026-02-01T00:00:00Z");

let database: TestDatabase;
let acme: TestTenant;
let admin: Context;
let time: number;
let asked: string[];
let parts: CampaignParts;

const now = () => new Date(time);
const pass = (ms: number) => {
  time += ms;
};

beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
});
beforeEach(() => {
  time = Date.parse("2026-03-01T00:00:00Z");
  asked = [];
  admin = acme.ctx("admin", { now });
  parts = campaignParts(database, { now, asked });
});
afterAll(() => database.drop());

const oneWave = [{ percent: 100, minDonePercent: 0, soakMinutes: 0, haltAtFailedPercent: 100 }];
let lots = 0;

type Begun = { readonly devices: readonly CertifiedDevice[]; readonly campaignId: string };

async function begin(count: number, more: Partial<CreateCampaignInput> = {}): Promise<Begun> {
  lots += 1;
  const tag = `lot${lots}`;
  const devices = await certifiedDevices(
    { database, tenant: acme },
    { prefix: tag, count, tags: [tag], issuedAt },
  );
  const { id: campaignId } = await createCampaign(admin, {
    name: tag,
    target: { tags: [tag] },
    waves: oneWave,
    perMinute: 12_000,
    ...more,
  });
  await startCampaign(admin, { campaignId });
  return { devices, campaignId };
}

/** One step of a worker that has the campaign. */
async function step({ campaignId: id }: Begun, by: CampaignParts = parts): Promise<CampaignView> {
  await database.app.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT set_config('app.tenant', ${acme.tenantId}, true)`;
    await tx.$executeRaw`UPDATE rotation_campaign SET lease_owner = ${by.workerId}::uuid,
      lease_until = now() + interval '1 minute' WHERE id = ${id}::uuid`;
  });
  const { state } = await showCampaign(admin, { campaignId: id });
  await stepCampaign(by, { tenantId: acme.tenantId, id, state });
  return showCampaign(admin, { campaignId: id });
}

const renew = (devices: readonly CertifiedDevice[], state: "issued" | "active" = "active") =>
  followUp({ database, tenant: acme }, devices, { issuedAt: now(), state });

async function connect(devices: readonly CertifiedDevice[]): Promise<void> {
  await database.ingest.pool.query(
    `WITH worker AS (INSERT INTO worker_instance (id, host, pid, bus_path, started_at, heartbeat_at)
       VALUES ($2, 'h', 1, 'p', now(), now()) ON CONFLICT DO NOTHING)
     INSERT INTO device_status (tenant_id, device_key, connected, worker_id, connected_at)
     SELECT tenant_id, key, true, $2, $3 FROM device WHERE id = ANY($1)
     ON CONFLICT (tenant_id, device_key) DO UPDATE SET connected_at = EXCLUDED.connected_at`,
    [devices.map(({ id }) => id), parts.workerId, now()],
  );
}

const idsOf = (devices: readonly CertifiedDevice[]) => devices.map(({ deviceId }) => deviceId);

const rowsOf = async (campaignId: string) =>
  (await listCampaignDevices(admin, { campaignId })).devices;

async function trail(campaignId: string): Promise<readonly string[]> {
  const events = await withTenant(admin, (tx) =>
    tx.auditEvent.findMany({
      where: { tenantId: acme.tenantId, target: `campaign:${campaignId}` },
      orderBy: { seq: "asc" },
      select: { actionCode: true },
    }),
  );
  return events.map(({ actionCode }) => actionCode);
}

describe("a campaign", () => {
  it("asks each device once, and is done when all have connected with what they were issued", async () => {
    const begun = await begin(5);

    expect(await step(begun)).toMatchObject({ counts: { asked: 5 } });
    expect(asked.toSorted()).toEqual(idsOf(begun.devices));
    await renew(begun.devices.slice(0, 2), "issued");
    expect(await step(begun)).toMatchObject({ counts: { asked: 3, issued: 2 } });
    const active = { state: "active" as const, activatedAt: now() };
    await withTenant(admin, (tx) =>
      tx.certificate.updateMany({
        where: { tenantId: acme.tenantId, state: "issued" },
        data: active,
      }),
    );
    await renew(begun.devices.slice(2));
    expect(await step(begun)).toMatchObject({ state: "done", counts: { renewed: 5 } });
    expect(asked).toHaveLength(5);
    expect(await trail(begun.campaignId)).toEqual([
      "campaign.create",
      "campaign.start",
      "campaign.done",
    ]);
  });

  it("keeps to its rate", async () => {
    const begun = await begin(10, { perMinute: 120 });
    await step(begun);
    expect(asked).toHaveLength(2);
    await step(begun);
    expect(asked).toHaveLength(4);
  });

  it("goes from wave to wave when enough have renewed and time has passed", async () => {
    const waves = [
      { count: 2, minDonePercent: 50, soakMinutes: 30, haltAtFailedPercent: 50 },
      ...oneWave,
    ];
    const begun = await begin(6, { waves });
    expect(await step(begun)).toMatchObject({ counts: { asked: 2, waiting: 4 } });
    const first = begun.devices.filter(({ deviceId }) => asked.includes(deviceId));
    await renew(first.slice(0, 1));
    expect(await step(begun)).toMatchObject({
      wave: 1,
      waitsFor: "soak",
      waitsUntil: "2026-03-01T00:30:00.000Z",
    });
    pass(30 * 60_000);
    expect(await step(begun)).toMatchObject({ wave: 2, waitsFor: null });
    expect(await step(begun)).toMatchObject({ counts: { asked: 5, renewed: 1 } });
    expect(await trail(begun.campaignId)).toContain("campaign.wave");
  });

  it("halts when too many failed, and goes on when somebody has looked", async () => {
    const waves = [
      { count: 2, minDonePercent: 50, soakMinutes: 0, haltAtFailedPercent: 50 },
      ...oneWave,
    ];
    const begun = await begin(4, { waves, patienceDays: 1 });
    await step(begun);
    pass(dayMs + 60_000);
    const halted = await step(begun);
    expect(halted).toMatchObject({ state: "halted", counts: { failed: 2, waiting: 2 } });
    expect(halted.haltedFor).toContain("2 of 2 devices of wave 1 failed");
    expect(await step(begun)).toMatchObject({ state: "halted" });

    await resumeCampaign(admin, { campaignId: begun.campaignId });
    expect(await step(begun)).toMatchObject({ state: "running", wave: 2 });
    expect(await step(begun)).toMatchObject({ counts: { failed: 2, asked: 2 } });
  });

  it("asks those that failed again, if whoever looked wants that", async () => {
    const waves = [{ ...oneWave[0], percent: 100, haltAtFailedPercent: 50 }];
    const begun = await begin(2, { waves, patienceDays: 1 });
    await step(begun);
    pass(dayMs + 60_000);
    await step(begun);

    await resumeCampaign(admin, { campaignId: begun.campaignId, retryFailed: true });

    expect(await step(begun)).toMatchObject({ state: "running", counts: { asked: 2, failed: 0 } });
    expect(asked).toHaveLength(4);
  });

  it("that is paused asks nobody, sees who renews, and takes no time from the patience", async () => {
    const begun = await begin(3, { perMinute: 60, patienceDays: 1 });
    await step(begun);
    await pauseCampaign(admin, { campaignId: begun.campaignId });
    pass(2 * dayMs);
    await renew(begun.devices.filter(({ deviceId }) => asked.includes(deviceId)));
    expect(await step(begun)).toMatchObject({
      state: "paused",
      counts: { renewed: 1, waiting: 2 },
    });
    await resumeCampaign(admin, { campaignId: begun.campaignId });
    await step(begun);
    expect(await step(begun)).toMatchObject({ counts: { asked: 2, failed: 0 } });
  });
});

describe("a device", () => {
  it("that renewed by itself, was suspended, or whose certificate was revoked, is told apart", async () => {
    const begun = await begin(4, { perMinute: 60 });
    const [own, suspended, revoked] = begun.devices;
    if (own === undefined || suspended === undefined || revoked === undefined) throw new Error();
    await renew([own]);
    await suspendDevice(admin, { deviceId: suspended.deviceId });
    await withTenant(admin, (tx) =>
      tx.certificate.update({
        where: { tenantId_id: { tenantId: acme.tenantId, id: revoked.certificateId } },
        data: { state: "revoked" },
      }),
    );
    await step(begun);

    const details = Object.fromEntries(
      (await rowsOf(begun.campaignId)).map((row) => [row.deviceId, [row.state, row.detail]]),
    );
    expect(details).toMatchObject({
      [own.deviceId]: ["renewed", "The device renewed before it was asked."],
      [suspended.deviceId]: ["skipped", "The device was suspended."],
      [revoked.deviceId]: ["skipped", "Its certificate was revoked."],
    });
    expect(asked).toHaveLength(1);
  });

  it("whose certificate ran out before it renewed has failed", async () => {
    const begun = await begin(1, { patienceDays: 90 });
    await step(begun);
    pass(80 * dayMs);
    await step(begun);

    expect(await rowsOf(begun.campaignId)).toMatchObject([
      { state: "failed", detail: "Its certificate ran out before it renewed." },
    ]);
  });

  it("whose signing request is refused has failed, and may still renew", async () => {
    const begun = await begin(2);
    const [one] = begun.devices;
    if (one === undefined) throw new Error();
    await step(begun);
    pass(1_000);
    await database.ingest.pool.query(
      `INSERT INTO refused_connection (tenant_id, claimed_id, device_key, reason, detail, remedy,
         remote, transport, first_at, last_at)
       SELECT tenant_id, device_id, key, 'renewal-refused', 'The key is too short.', '', 'r', 'mqtts', $2, $2
       FROM device WHERE id = $1`,
      [one.id, now()],
    );
    expect(await step(begun)).toMatchObject({ counts: { failed: 1, asked: 1 } });
    const failed = await listCampaignDevices(admin, {
      campaignId: begun.campaignId,
      state: "failed",
    });
    expect(failed.devices[0]?.detail).toBe(
      "Its signing request was refused: The key is too short.",
    );

    await renew([one]);
    expect(await step(begun)).toMatchObject({ counts: { failed: 0, renewed: 1, asked: 1 } });
  });

  it("that did not use its new certificate in time is asked again when it is connected", async () => {
    const begun = await begin(1);
    await connect(begun.devices);
    await step(begun);
    const [fresh] = await renew(begun.devices, "issued");
    await step(begun);
    await withTenant(admin, (tx) =>
      tx.certificate.update({
        where: { tenantId_id: { tenantId: acme.tenantId, id: fresh ?? "" } },
        data: { state: "retired" },
      }),
    );
    expect(await step(begun)).toMatchObject({ counts: { asked: 1, issued: 0 } });
    expect((await rowsOf(begun.campaignId))[0]?.detail).toContain("not used in time");
    pass(600_000);
    await step(begun);
    expect(asked).toHaveLength(2);
    expect((await rowsOf(begun.campaignId))[0]?.problem?.problem).toContain("does not subscribe");
  });

  it("that comes back is asked again soon, each time later; one that is away is not", async () => {
    const begun = await begin(2);
    const [back] = begun.devices;
    if (back === undefined) throw new Error();
    await step(begun);
    for (const seconds of [10, 20]) {
      pass(5_000);
      await connect([back]);
      pass((seconds - 1) * 1_000);
      await step(begun);
      const before = asked.length;
      pass(1_000);
      await step(begun);
      expect(asked.slice(before)).toEqual([back.deviceId]);
    }
    expect(asked).toHaveLength(4);
  });
});

describe("workers", () => {
  it("have each campaign once; one that lost it stops, another goes on", async () => {
    const begun = await begin(3, { perMinute: 60 });
    const mine = await claimCampaigns(database.ingest, parts.workerId);
    const found = mine.find(({ id }) => id === begun.campaignId);
    const second = campaignParts(database, { now, asked });
    expect(await claimCampaigns(database.ingest, second.workerId)).toEqual([]);
    if (found === undefined) throw new Error("It was not claimed.");

    expect(await stepCampaign(second, found)).toBe(false);
    expect(await stepCampaign(parts, found)).toBe(true);
    expect(asked).toHaveLength(1);
    await database.ingest.pool.query(
      "UPDATE rotation_campaign SET lease_until = now() - interval '1 second' WHERE id = $1",
      [begun.campaignId],
    );
    // It says nothing for longer than its lease: it may not go on, even before anybody took over.
    expect(await withTenant(admin, (tx) => holdCampaign(tx, found, parts.workerId))).toBe(false);
    expect(await claimCampaigns(database.ingest, second.workerId)).toMatchObject([found]);
    expect(await stepCampaign(second, found)).toBe(true);
    expect(await stepCampaign(parts, found)).toBe(false);
    expect(new Set(asked).size).toBe(2);
  });

  it("run what is started without being told, and let it go when they stop", async () => {
    const begun = await begin(2);
    const running = startCampaigns(parts);
    try {
      await expect.poll(() => asked.length, { timeout: 5_000, interval: 20 }).toBe(2);
    } finally {
      await running.stop();
    }
    const second = campaignParts(database, { now, asked });
    const claimed = await claimCampaigns(database.ingest, second.workerId);
    expect(claimed.map(({ id }) => id)).toContain(begun.campaignId);
    await cancelCampaign(admin, { campaignId: begun.campaignId });
  });
});
