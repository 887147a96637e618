import { countCampaign } from "#server/db/campaign-devices.ts";
import type { Tx } from "#server/db/client.ts";
import type { RotationCampaign } from "#server/db/generated/client.ts";
import type { CampaignTarget, KeptWave } from "#server/domain/campaign.ts";
import { addCounts, nextStep, sizeOf, type WaveCounts } from "#server/domain/campaign-step.ts";
import { targetWords } from "#server/domain/campaign-words.ts";
import { keptWaves, targetOf } from "#server/services/campaign/internal.ts";
import type { CampaignView, CampaignWaveView } from "#server/services/campaign/view.ts";

/** Reads what a view of the campaign needs besides its row. */
export async function viewOfCampaign(
  tx: Tx,
  row: RotationCampaign,
  now: Date,
): Promise<CampaignView> {
  const waves = keptWaves(row);
  const target = targetOf(row);
  const { counts, askedLastMinute } = await countCampaign(tx, row, { waves: waves.length, now });
  const facts = { waves, wave: row.wave, perMinute: row.perMinute, counts, askedLastMinute };
  const iso = (date: Date | null) => date?.toISOString() ?? null;
  return {
    id: row.id,
    name: row.name,
    reason: row.reason,
    state: row.state,
    target,
    targetWords: await wordsOfTarget(tx, row.tenantId, target),
    waves: waves.map((wave, index) => toWaveView(wave, counts[index] ?? addCounts([]))),
    wave: row.startedAt === null ? 0 : row.wave + 1,
    perMinute: row.perMinute,
    patienceDays: row.patienceDays,
    total: row.total,
    counts: addCounts(counts),
    haltedFor: row.haltedFor,
    ...waitingOf(row, nextStep(facts, now)),
    isOrphaned: row.state === "running" && isPast(row.leaseUntil, now),
    revision: row.revision,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
  };
}

/** No worker took it for so long after the last one had it. */
const orphanedMs = 15_000;

function isPast(leaseUntil: Date | null, now: Date): boolean {
  return leaseUntil !== null && leaseUntil.getTime() + orphanedMs < now.getTime();
}

function toWaveView(kept: KeptWave, counts: WaveCounts): CampaignWaveView {
  const { forgiven: _, pausedAt: __, startedAt, ...wave } = kept;
  return { ...wave, devices: sizeOf(counts), counts, startedAt: startedAt ?? null };
}

function waitingOf(
  { state }: RotationCampaign,
  step: ReturnType<typeof nextStep>,
): Pick<CampaignView, "waitsFor" | "waitsUntil"> {
  if (state !== "running" || step.kind !== "wait") return { waitsFor: null, waitsUntil: null };
  const waitsUntil = step.for === "soak" ? step.until.toISOString() : null;
  return { waitsFor: step.for, waitsUntil };
}

/** The target in words, with the names of what it refers to. */
export async function wordsOfTarget(
  tx: Tx,
  tenantId: string,
  target: CampaignTarget,
): Promise<readonly string[]> {
  const { issuerSha256, profileIds } = target;
  const issuer =
    issuerSha256 === undefined
      ? null
      : await tx.certificateAuthority.findUnique({
          where: { sha256: issuerSha256 },
          select: { subject: true },
        });
  const profiles =
    profileIds === undefined
      ? []
      : await tx.profile.findMany({
          where: { tenantId, id: { in: profileIds } },
          select: { name: true },
          orderBy: { name: "asc" },
        });
  return targetWords(target, {
    issuer: issuer?.subject,
    profiles: profiles.map(({ name }) => `“${name}”`),
  });
}
