/** Work that is done in rounds, each for all that was asked for since the one before. */
export type Rounds = {
  /** Runs a round: now, or as soon as the one before has been paid for. */
  ask(): void;
  stop(): void;
};

/** Rounds take at most one part in so many of the process's time: then they come rarer. */
const shareOfTime = 32;
/** What a round costs is the middle of so many: in one of them something else may have had its turn. */
const remembered = 4;

/**
 * Paces rounds by what they cost, with what they set off: a stream that is written to passes its
 * bytes on in the same turn of the event loop, but after the round itself is over.
 * @param at.clock milliseconds, any origin
 */
export function paceRounds(at: { readonly run: () => void; readonly clock: () => number }): Rounds {
  const costs: number[] = [];
  let nextAt = Number.NEGATIVE_INFINITY;
  let isAsked = false;
  let timer: NodeJS.Timeout | undefined;
  let turning: NodeJS.Immediate | undefined;

  const begin = (): void => {
    timer = undefined;
    isAsked = false;
    const startedAt = at.clock();
    turning = setImmediate(() => {
      turning = undefined;
      costs.push(at.clock() - startedAt);
      if (costs.length > remembered) costs.shift();
      nextAt = startedAt + middleOf(costs) * shareOfTime;
      if (isAsked) ask();
    });
    at.run();
  };
  const ask = (): void => {
    isAsked = true;
    if (timer !== undefined || turning !== undefined) return;
    const waitMs = nextAt - at.clock();
    if (waitMs <= 0) begin();
    else timer = setTimeout(begin, waitMs);
  };

  return {
    ask,
    stop: () => {
      clearTimeout(timer);
      clearImmediate(turning);
    },
  };
}

/** Of an even number the greater of the two. */
function middleOf(costs: readonly number[]): number {
  return costs.toSorted((one, other) => one - other)[Math.floor(costs.length / 2)] ?? 0;
}
