import { countCampaign } from "#server/db/campaign-devices.ts";
import {
  holdCampaign,
  settleCampaign,
  takeAgain,
  takeWaiting,
  type ClaimedCampaign,
} from "#server/db/campaign-work.ts";
import type { Tx } from "#server/db/client.ts";
import type { RotationCampaign } from "#server/db/generated/client.ts";
import { withTenant } from "#server/db/tenant.ts";
import { patienceEndsAt, type KeptWave } from "#server/domain/campaign.ts";
import {
  addCounts,
  allowance,
  nextStep,
  sizeOf,
  type CampaignFacts,
  type NextStep,
} from "#server/domain/campaign-step.ts";
import type { CampaignParts } from "#server/jobs/campaigns/parts.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { campaignTarget, keptWaves } from "#server/services/campaign/internal.ts";
import type { Context } from "#server/services/context.ts";
import { systemContext } from "#server/services/system-context.ts";

/** Of one step; a campaign of a hundred thousand devices is settled in seconds. */
const timeoutMs = 60_000;

const dayMs = 86_400_000;

type Step = Pick<CampaignParts, "ask"> & {
  readonly ctx: Context;
  readonly tx: Tx;
  readonly row: RotationCampaign;
};

/**
 * One step of a campaign: reads what became of its devices, then asks more of them, begins the next
 * wave, halts or ends. All of it is read from the tables again, so a worker that takes over goes on
 * where the other one died. A device is marked as asked in the transaction that queues the request for
 * it, so it is told once however often workers die.
 * @returns false when the campaign is not this worker's any more
 */
export async function stepCampaign(
  parts: CampaignParts,
  campaign: ClaimedCampaign,
): Promise<boolean> {
  const ctx = systemContext(parts.system, { tenantId: campaign.tenantId, name: "campaign" });
  return withTenant(
    ctx,
    async (tx) => {
      if (!(await holdCampaign(tx, campaign, parts.workerId))) return false;
      const row = await tx.rotationCampaign.findUniqueOrThrow({
        where: { tenantId_id: { tenantId: campaign.tenantId, id: campaign.id } },
      });
      await carryOut({ ctx, tx, row, ask: parts.ask });
      return true;
    },
    { timeoutMs },
  );
}

async function carryOut(step: Step): Promise<void> {
  const { ctx, tx, row } = step;
  const now = ctx.now();
  const waves = keptWaves(row);
  const isRunning = row.state === "running";
  const before = await countCampaign(tx, row, { waves: waves.length, now });
  const patienceEnds = waves.map((wave, index) => {
    if (!isRunning || wave.startedAt === undefined) return null;
    const size = sizeOf(before.counts[index] ?? addCounts([]));
    return patienceEndsAt({ ...row, size, startedAt: new Date(wave.startedAt) });
  });
  const changed = await settleCampaign(tx, row, { now, patienceEnds });
  if (!isRunning) return;
  const { counts, askedLastMinute } =
    changed === 0 ? before : await countCampaign(tx, row, { waves: waves.length, now });
  const facts = { waves, wave: row.wave, perMinute: row.perMinute, counts, askedLastMinute };
  await act(step, facts, nextStep(facts, now));
}

async function act(step: Step, facts: CampaignFacts, next: NextStep): Promise<void> {
  switch (next.kind) {
    case "halt":
      return halt(step, facts.waves, next.reason);
    case "done":
      return finish(step, facts);
    case "next-wave":
      return beginWave(step, facts.waves, next.wave);
    case "ask":
      return askMore(step, facts, next.count);
    case "wait":
      return askMore(step, facts, 0);
  }
}

/** @param count of devices that were never asked; what the rate leaves is for those that did not answer */
async function askMore(step: Step, facts: CampaignFacts, count: number): Promise<void> {
  const { ctx, tx, row } = step;
  const now = ctx.now();
  const fresh = count > 0 ? await takeWaiting(tx, row, { wave: row.wave, limit: count, now }) : [];
  const left = allowance(facts) - fresh.length;
  const again = left > 0 ? await takeAgain(tx, row, { limit: left, now }) : [];
  const devices = [...fresh, ...again];
  if (devices.length === 0) return;
  await step.ask(tx, ctx, devices, {
    reason: `The rotation campaign “${row.name}” renews its certificate.`,
    waitMs: row.patienceDays * dayMs,
  });
}

async function record(
  { ctx, tx, row }: Step,
  action: string,
  entry: { readonly reason?: string; readonly payload: Readonly<Record<string, unknown>> },
): Promise<void> {
  await appendAudit(tx, ctx, { action, target: campaignTarget(row.id), ...entry });
}

async function update(
  { tx, row }: Step,
  data: Partial<
    Pick<RotationCampaign, "wave" | "waveAt" | "state" | "haltedFor" | "finishedAt">
  > & {
    readonly waves?: readonly KeptWave[];
    readonly leaseUntil?: null;
  },
): Promise<void> {
  const { waves, ...columns } = data;
  await tx.rotationCampaign.update({
    where: { tenantId_id: { tenantId: row.tenantId, id: row.id } },
    data: { ...columns, ...(waves !== undefined && { waves: [...waves] }) },
    select: { id: true },
  });
}

async function beginWave(step: Step, waves: readonly KeptWave[], wave: number): Promise<void> {
  const now = step.ctx.now();
  const begun = waves.map((each, index) =>
    index === wave ? { ...each, startedAt: now.toISOString() } : each,
  );
  await update(step, { wave, waveAt: now, waves: begun });
  await record(step, "campaign.wave", { payload: { wave: wave + 1, of: waves.length } });
}

async function halt(step: Step, waves: readonly KeptWave[], reason: string): Promise<void> {
  const { ctx, row } = step;
  const pausedAt = ctx.now().toISOString();
  const stopped = waves.map((each, index) => (index === row.wave ? { ...each, pausedAt } : each));
  await update(step, { state: "halted", haltedFor: reason, waves: stopped, leaseUntil: null });
  await record(step, "campaign.halted", { reason, payload: { wave: row.wave + 1 } });
}

async function finish(step: Step, facts: CampaignFacts): Promise<void> {
  await update(step, { state: "done", finishedAt: step.ctx.now(), leaseUntil: null });
  const { renewed, failed, skipped } = addCounts(facts.counts);
  await record(step, "campaign.done", { payload: { renewed, failed, skipped } });
}
