import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { checkRotation, type RotationHistory } from "#e2e/chaos/check-rotation.ts";
import { sendOnce } from "#e2e/chaos/enrolling-device.ts";
import { openOffice, type Office } from "#e2e/chaos/office.ts";
import { RenewingDevice } from "#e2e/chaos/renewing-device.ts";
import { randomMs, type ChaosScenario, type Finding } from "#e2e/chaos/scenario.ts";
import { createCampaign } from "#server/services/campaign/create.ts";
import { showCampaign } from "#server/services/campaign/show.ts";
import { startCampaign } from "#server/services/campaign/start.ts";
import type { CampaignView } from "#server/services/campaign/view.ts";
import { createDeviceWithCertificate } from "#server/services/device/create-with-certificate.ts";
import { ServiceError } from "#server/services/errors.ts";
import type { WorkerProcess } from "#server/testing/installation.ts";

const endsWithinMs = 600_000;
const killsOfRound = 2;
/** Devices that connect at once. */
const atOnce = 20;
/** Devices that are made at once: as many as the office has connections. */
const madeAtOnce = 3;
/** One in ten sleeps until the worker was killed for the last time. */
const asleepShare = 10;

/** A campaign and its devices. */
type Site = {
  readonly office: Office;
  /** As the owner of the database, who sees everything. */
  readonly owner: pg.Client;
  readonly tag: string;
  readonly devices: readonly RenewingDevice[];
  readonly say: (line: string) => void;
  /** Takes the lease of a dead worker for run out, which is ten seconds otherwise. */
  readonly inHurry: boolean;
};

/**
 * A rotation campaign while worker and signer are killed twice. One device in ten sleeps meanwhile and
 * wakes up later; a second campaign wants the same devices. Each device ends with one certificate in
 * use, which it holds and can connect with.
 */
export function campaignKill(
  devices: number,
  { inHurry }: { readonly inHurry: boolean },
): ChaosScenario {
  return {
    name: "campaign",
    round: `a campaign over ${devices} devices, a tenth asleep, twice kill -9 of worker and signer`,
    rounds: 1,
    run: async ({ place, rounds, say }) => {
      const office = await openOffice(place);
      const owner = new pg.Client({ connectionString: place.ownerUrl });
      await owner.connect();
      const problems: string[] = [];
      try {
        for (let round = 0; round < rounds; round += 1) {
          const tag = `campaign-${round}`;
          const made = await makeDevices(office, { tag, count: devices });
          const site: Site = { office, owner, tag, devices: made, say, inHurry };
          problems.push(...(await rotateThroughKills(site)));
          say(`${(round + 1) * killsOfRound} kills, ${problems.length} problems`);
        }
      } finally {
        await owner.end();
        await office.close();
      }
      const lost = problems.filter((problem) => problem.endsWith("it is lost.")).length;
      const kills = rounds * killsOfRound;
      return { problems, facts: { kills, devices: rounds * devices, lost } } satisfies Finding;
    },
  };
}

async function inTurn<T>(
  all: readonly T[],
  work: (each: T) => Promise<void>,
  most = atOnce,
): Promise<void> {
  const queue = [...all];
  const one = async (): Promise<void> => {
    for (let each = queue.shift(); each !== undefined; each = queue.shift()) await work(each);
  };
  await Promise.all(Array.from({ length: most }, one));
}

async function makeDevices(
  { ctx, door, place }: Office,
  { tag, count }: { readonly tag: string; readonly count: number },
): Promise<readonly RenewingDevice[]> {
  const devices: RenewingDevice[] = [];
  await inTurn(
    Array.from({ length: count }, (_, index) => `${tag}-${index}`),
    async (deviceId) => {
      const { profileId } = place;
      const wanted = { name: deviceId, deviceId, profileId, tags: [tag] };
      const { certificate, privateKeyPem } = await createDeviceWithCertificate(ctx, wanted);
      const { certificatePem, chainPem } = certificate;
      const identity = { cert: certificatePem + chainPem, key: privateKeyPem ?? "" };
      devices.push(new RenewingDevice(door, deviceId, identity));
    },
    madeAtOnce,
  );
  return devices;
}

/** @returns what was wrong */
async function rotateThroughKills(site: Site): Promise<readonly string[]> {
  const { office, devices, tag } = site;
  const sleepers = devices.filter((_, index) => index % asleepShare === 0);
  let worker = await office.place.startWorker(office.env);
  try {
    await inTurn(devices, (device) => device.wake());
    await inTurn(sleepers, (device) => device.sleep());
    const campaignId = await startOne(site, "First");
    const problems = [...(await startSecond(site))];
    for (let kills = 1; kills <= killsOfRound; kills += 1) {
      // As the devices know it: the campaign looks once a second, and they would all be done by then.
      await untilRenewed(site, Math.floor((devices.length * kills) / (killsOfRound + 2)));
      worker = await killBoth(site, worker);
    }
    await inTurn(sleepers, (device) => device.wake());
    const { state } = await until(
      site,
      campaignId,
      (campaign) => campaign.state === "done" || campaign.state === "halted",
    );
    if (state !== "done") problems.push(`The campaign “${tag}” is ${state}.`);
    await Promise.all(devices.map((device) => device.stop()));
    return [...problems, ...checkRotation(await observe(site, await hear(site)))];
  } finally {
    await Promise.all(devices.map((device) => device.stop()));
    await worker.kill();
  }
}

async function startOne({ office, tag }: Site, name: string): Promise<string> {
  const { id: campaignId } = await createCampaign(office.ctx, {
    name: `${name} ${tag}`,
    target: { tags: [tag] },
    waves: [
      { percent: 10, minDonePercent: 50, soakMinutes: 0, haltAtFailedPercent: 50 },
      { percent: 100 },
    ],
    perMinute: 12_000,
    patienceDays: 1,
  });
  await startCampaign(office.ctx, { campaignId });
  return campaignId;
}

/** Two campaigns on one device: the second has nobody to ask. @returns what was wrong */
async function startSecond(site: Site): Promise<readonly string[]> {
  const outcome = await startOne(site, "Second").then(
    () => "started",
    (error: unknown) => (error instanceof ServiceError ? error.code : String(error)),
  );
  return outcome === "conflict" ? [] : [`A second campaign over the same devices is ${outcome}.`];
}

async function killBoth(site: Site, worker: WorkerProcess): Promise<WorkerProcess> {
  const { office, owner, inHurry } = site;
  const signer = office.place.replaceSigner(randomMs(0, 300));
  await worker.kill();
  await signer;
  if (inHurry) {
    await owner.query("UPDATE rotation_campaign SET lease_until = now() WHERE lease_until > now()");
  }
  return office.place.startWorker(office.env);
}

async function untilRenewed({ devices, say }: Site, goal: number): Promise<void> {
  const endsAt = performance.now() + endsWithinMs;
  const renewed = () => devices.filter(({ hasRenewed }) => hasRenewed).length;
  while (renewed() < goal) {
    if (performance.now() > endsAt) throw new Error(`Only ${renewed()} devices renewed.`);
    await sleep(5);
  }
  say(`${renewed()} devices have renewed`);
}

async function until(
  { office, say }: Site,
  campaignId: string,
  isReached: (campaign: CampaignView) => boolean,
): Promise<CampaignView> {
  const endsAt = performance.now() + endsWithinMs;
  let campaign = await showCampaign(office.ctx, { campaignId });
  while (!isReached(campaign)) {
    if (performance.now() > endsAt) {
      throw new Error(`The campaign is ${campaign.state}: ${JSON.stringify(campaign.counts)}`);
    }
    await sleep(50);
    campaign = await showCampaign(office.ctx, { campaignId });
  }
  say(`${campaign.state}: ${JSON.stringify(campaign.counts)}`);
  return campaign;
}

/** Each device connects anew with what it holds. @returns those that were heard */
async function hear({ office, devices }: Site): Promise<ReadonlySet<string>> {
  const heard = new Set<string>();
  await inTurn(devices, async ({ deviceId, identity }) => {
    await sendOnce(office.door, { deviceId, ...identity }, AbortSignal.timeout(10_000)).then(
      () => heard.add(deviceId),
      () => undefined,
    );
  });
  return heard;
}

async function observe(
  { owner, devices, tag }: Site,
  heard: ReadonlySet<string>,
): Promise<RotationHistory> {
  const { rows } = await owner.query<Pick<RotationHistory, "active" | "rotated">>(
    `WITH own AS (SELECT tenant_id, id, device_id FROM device WHERE $1 = ANY(tags))
     SELECT (SELECT coalesce(json_agg(json_build_object('deviceId', own.device_id, 'sha256', c.sha256)), '[]')
         FROM certificate c JOIN own ON own.id = c.device_id WHERE c.state = 'active') AS active,
       (SELECT coalesce(json_agg(json_build_object('deviceId', own.device_id, 'campaign', r.campaign_id,
           'state', r.state, 'open', r.open)), '[]')
         FROM rotation_campaign_device r JOIN own ON own.id = r.device_id
         WHERE r.state <> 'skipped') AS rotated`,
    [tag],
  );
  const [row] = rows;
  if (row === undefined) throw new Error("Nothing was observed.");
  return {
    ...row,
    heard,
    wanted: new Set(devices.map(({ deviceId }) => deviceId)),
    held: devices.map(({ deviceId, sha256 }) => ({ deviceId, sha256 })),
  };
}
