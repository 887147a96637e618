import { createHash, X509Certificate } from "node:crypto";
import type { Database } from "#server/db/client.ts";
import { withInstallation } from "#server/db/tenant.ts";
import {
  isWrong,
  probePlan,
  type ProbeKey,
  type ProbeListener,
} from "#server/domain/tls-probe-plan.ts";
import type { TlsProfile } from "#server/domain/tls-profiles.ts";
import { probeCell, type ProbeCell, type ProbeTarget } from "#server/jobs/tls-probe-cell.ts";
import type { ProbeIdentities } from "#server/jobs/tls-probe-clients.ts";

/** Probes are evidence; they are kept for so long. */
const keptDays = 90;

/** A listener of this installation. */
export type ProbedListener = {
  readonly listener: ProbeListener;
  readonly target: ProbeTarget;
  /** What it must follow. */
  readonly profile: TlsProfile;
  /** PEM of what it presents, leaf first. */
  readonly certPem: string;
};

function keyOf(certPem: string): ProbeKey {
  return new X509Certificate(certPem).publicKey.asymmetricKeyType === "rsa" ? "rsa" : "ec";
}

/**
 * What was probed, in one text: the profile's name, and a digest of every profile and certificate
 * that the listeners had. Two probes with the same text looked at the same settings.
 */
function probedSettings(profile: TlsProfile, listeners: readonly ProbedListener[]): string {
  const all = listeners.map((each) => [
    each.listener,
    each.profile,
    new X509Certificate(each.certPem).fingerprint256,
  ]);
  const digest = createHash("sha256").update(JSON.stringify(all)).digest("hex");
  return `${profile.name}@${digest.slice(0, 12)}`;
}

/** Asks each listener every question of its plan, one after the other. */
async function probeListeners(
  listeners: readonly ProbedListener[],
  at: { readonly identities: ProbeIdentities; readonly clock: () => number },
): Promise<readonly ProbeCell[]> {
  const cells: ProbeCell[] = [];
  for (const { listener, target, profile, certPem } of listeners) {
    for (const question of probePlan(profile, listener, keyOf(certPem))) {
      cells.push(await probeCell(question, { target, ...at }));
    }
  }
  return cells;
}

/**
 * Probes the listeners and records what they answered (ingest role). A failure of the prober itself
 * is recorded with its words.
 * @param at.clock epoch milliseconds
 * @returns what was found, in words
 * @throws what the database throws
 */
export async function runTlsProbe(at: {
  readonly db: Database;
  readonly workerId: string;
  readonly clock: () => number;
  readonly profile: TlsProfile;
  readonly requestedBy: string;
  readonly listeners: readonly ProbedListener[];
  readonly identities: () => Promise<ProbeIdentities>;
}): Promise<string> {
  const { db, workerId, clock, profile, requestedBy, listeners } = at;
  const startedAt = new Date(clock());
  const { id } = await withInstallation(db, async (tx) => {
    // One runs at a time: what has not ended by now never will.
    await tx.tlsProbeRun.updateMany({
      where: { finishedAt: null },
      data: { finishedAt: startedAt, error: "The worker ended before the probe was done." },
    });
    return tx.tlsProbeRun.create({
      data: {
        startedAt,
        workerId,
        profile: probedSettings(profile, listeners),
        requestedBy,
      },
      select: { id: true },
    });
  });
  try {
    const cells = await probeListeners(listeners, { identities: await at.identities(), clock });
    const wrong = cells.filter(isWrong).length;
    await finish(db, { id, at: new Date(clock()), cells, error: "" });
    return `${cells.length} cells, ${wrong} wrong`;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    await finish(db, { id, at: new Date(clock()), cells: [], error: words });
    throw error;
  }
}

async function finish(
  db: Database,
  run: {
    readonly id: string;
    readonly at: Date;
    readonly cells: readonly ProbeCell[];
    readonly error: string;
  },
): Promise<void> {
  const { id, at, cells, error } = run;
  const data = { finishedAt: at, cells: cells.length, wrong: cells.filter(isWrong).length, error };
  const oldest = new Date(at.getTime() - keptDays * 86_400_000);
  await withInstallation(db, async (tx) => {
    await tx.tlsProbeCell.createMany({ data: cells.map((cell) => ({ runId: id, ...cell })) });
    await tx.tlsProbeRun.update({ where: { id }, data, select: { id: true } });
    const old = await tx.tlsProbeRun.findMany({
      where: { startedAt: { lt: oldest } },
      select: { id: true },
    });
    const ids = old.map((each) => each.id);
    await tx.tlsProbeCell.deleteMany({ where: { runId: { in: ids } } });
    await tx.tlsProbeRun.deleteMany({ where: { id: { in: ids } } });
  });
}
