import type { WorkState } from "#server/domain/bulk-action.ts";

/** How fast work goes that is done in the background. */
export type WorkPace = { readonly perSecond: number | null; readonly secondsLeft: number | null };

const unknown: WorkPace = { perSecond: null, secondsLeft: null };

/** Of work that runs; nothing is known before a second has passed and when it has ended. */
export function paceOf(
  work: {
    readonly state: WorkState;
    readonly startedAt: Date | null;
    readonly done: number;
    readonly total: number;
  },
  now: Date,
): WorkPace {
  const { state, startedAt, done, total } = work;
  if (state !== "running" || startedAt === null || done === 0) return unknown;
  const seconds = (now.getTime() - startedAt.getTime()) / 1_000;
  if (seconds < 1) return unknown;
  const perSecond = done / seconds;
  return { perSecond, secondsLeft: Math.max(0, Math.ceil((total - done) / perSecond)) };
}
