/** Lets so many of each group through at once; the others wait in the order in which they came. */
export type Turnstile = {
  /**
   * @param lane whose work it is, and how much of that may go on at once
   * @throws Error when too many wait already, and whatever the work throws
   */
  run<T>(
    lane: { readonly key: string; readonly atOnce: number },
    work: () => Promise<T>,
  ): Promise<T>;
};

type Lane = { inside: number; readonly line: (() => void)[] };

/**
 * Devices of a group are enrolled one after the other under its lock. When thousands ask at once,
 * those that wait must not take every connection to the database and run into its patience.
 * @param mostWaiting in all lanes together
 */
export function createTurnstile(mostWaiting: number): Turnstile {
  const lanes = new Map<string, Lane>();
  let waiting = 0;
  const enter = async (lane: Lane, atOnce: number): Promise<void> => {
    if (lane.inside < atOnce) {
      lane.inside += 1;
      return;
    }
    if (waiting >= mostWaiting) throw new Error(`${mostWaiting} devices wait to be enrolled.`);
    waiting += 1;
    // Who leaves gives its place to the first in the line.
    await new Promise<void>((resolve) => lane.line.push(resolve));
    waiting -= 1;
  };
  const leave = (key: string, lane: Lane): void => {
    const next = lane.line.shift();
    if (next !== undefined) {
      next();
      return;
    }
    lane.inside -= 1;
    if (lane.inside === 0) lanes.delete(key);
  };
  return {
    run: async ({ key, atOnce }, work) => {
      const lane = lanes.get(key) ?? { inside: 0, line: [] };
      lanes.set(key, lane);
      await enter(lane, atOnce);
      try {
        return await work();
      } finally {
        leave(key, lane);
      }
    },
  };
}
