import { z } from "zod";
import type { DeadLetterRun } from "#server/db/generated/client.ts";
import { transformSteps, type TransformStep } from "#server/domain/transform-steps.ts";
import { keptSelection } from "#server/services/dead-letter/schemas.ts";

/** What a letter would become. */
export type RunSample = {
  readonly id: string;
  readonly deviceId: string;
  /** Values of its readings as they were sent; null where they cannot be read. */
  readonly before: unknown;
  /** Values of its readings as they would be stored. */
  readonly after: unknown;
};

/** Why letters still fail. */
export type RunFailure = {
  readonly detail: string;
  readonly count: number;
  /** One of them. */
  readonly id: string;
};

/** Bulk work on dead letters. Instants are ISO 8601. */
export type RunView = {
  readonly id: string;
  readonly kind: "dry_run" | "replay" | "discard";
  readonly state: "queued" | "running" | "done" | "cancelled" | "failed";
  /** Null for letters that were named one by one. */
  readonly fingerprint: string | null;
  /** Open letters when it was asked for. */
  readonly total: number;
  readonly done: number;
  /** Of a dry-run: would be stored. */
  readonly stored: number;
  readonly duplicate: number;
  readonly failed: number;
  readonly reason: string;
  readonly transform: readonly TransformStep[];
  /** The payload of its one letter was edited. */
  readonly edited: boolean;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly cancelledBy: string | null;
  /** Why it failed, in words. */
  readonly error: string;
  readonly samples: readonly RunSample[];
  readonly failures: readonly RunFailure[];
  /** Letters a second so far; null before the first. */
  readonly ratePerSecond: number | null;
  /** Null before the first and after the last. */
  readonly secondsLeft: number | null;
};

/** As `dead_letter_run` keeps them. */
export const keptSamples = z.array(
  z.object({ id: z.string(), deviceId: z.string(), before: z.unknown(), after: z.unknown() }),
);
export const keptFailures = z.array(
  z.object({ detail: z.string(), count: z.number(), id: z.string() }),
);

/** @param now for the rate of a run that is under way */
export function toRunView(row: DeadLetterRun, now: Date): RunView {
  const done = Number(row.done);
  const total = Number(row.total);
  const rate = rateOf(row, now);
  const isUnderWay = row.state === "running";
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    fingerprint: row.fingerprint,
    total,
    done,
    stored: Number(row.stored),
    duplicate: Number(row.duplicate),
    failed: Number(row.failed),
    reason: row.reason,
    transform: transformSteps.parse(row.transform),
    edited: keptSelection.parse(row.selection).payload !== undefined,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    cancelledBy: row.cancelledBy,
    error: row.error,
    samples: keptSamples.parse(row.samples),
    failures: keptFailures.parse(row.failures),
    ratePerSecond: rate === null ? null : Math.round(rate),
    secondsLeft: isUnderWay && rate !== null ? Math.max(0, Math.ceil((total - done) / rate)) : null,
  };
}

function rateOf(row: DeadLetterRun, now: Date): number | null {
  if (row.startedAt === null || row.done === 0n) return null;
  const until = row.finishedAt ?? now;
  const seconds = Math.max(0.001, (until.getTime() - row.startedAt.getTime()) / 1000);
  return Number(row.done) / seconds;
}
