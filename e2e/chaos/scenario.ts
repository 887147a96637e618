import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Report, Site } from "#e2e/chaos/disturb-under-load.ts";
import type { Installation } from "#server/testing/installation.ts";

export type ScenarioInput = {
  /** Used by this scenario alone while it runs. */
  readonly place: Installation;
  readonly rounds: number;
  readonly say: (line: string) => void;
  /** Keeps in the repository what the run recorded, if it records anything. */
  readonly write?: boolean;
};

/** What a scenario found. */
export type Finding = {
  /** One line for each promise that was broken; empty when all held. */
  readonly problems: readonly string[];
  readonly facts: Readonly<Record<string, number>>;
};

/** One kind of fault, as often as asked. */
export type ChaosScenario = {
  readonly name: string;
  /** What a round is. */
  readonly round: string;
  /** Rounds of the long run. */
  readonly rounds: number;
  run(input: ScenarioInput): Promise<Finding>;
};

/** The finding of a plain run under load. */
export function findingOf(report: Report, facts: Readonly<Record<string, number>> = {}): Finding {
  const { outcome } = report;
  return {
    problems: report.problems,
    facts: {
      acknowledged: outcome.acknowledged,
      stored: outcome.stored,
      lost: outcome.lost.length,
      duplicated: outcome.duplicated.length,
      unexpected: outcome.unexpected.length,
      inverted: outcome.inverted.length,
      unaccounted: outcome.unaccounted,
      recognisedRetransmissions: outcome.ledgerDuplicates,
      reconnections: report.reconnections,
      takenOver: report.takenOver,
      ...facts,
    },
  };
}

/** Joins what two runs found; counts are added. */
export function addFindings(one: Finding, other: Finding): Finding {
  const facts: Record<string, number> = { ...one.facts };
  for (const [name, value] of Object.entries(other.facts)) {
    facts[name] = (facts[name] ?? 0) + value;
  }
  return { problems: [...one.problems, ...other.problems], facts };
}

const acknowledged = (site: Site) =>
  site.devices.reduce((sum, device) => sum + device.acknowledgedCount, 0);

/**
 * Waits until messages are acknowledged again.
 * @returns milliseconds from now; Infinity when nothing was within the time
 */
export async function untilAcknowledging(site: Site, withinMs: number): Promise<number> {
  const startedAt = performance.now();
  const before = acknowledged(site);
  while (performance.now() - startedAt < withinMs) {
    if (acknowledged(site) > before) return performance.now() - startedAt;
    await sleep(10);
  }
  return Infinity;
}

/** Open file descriptors of a process; NaN where there is no /proc. */
export function openDescriptors(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return Number.NaN;
  }
}

/** Whole milliseconds between two bounds. */
export function randomMs(least: number, most: number): number {
  return Math.round(least + Math.random() * (most - least));
}
