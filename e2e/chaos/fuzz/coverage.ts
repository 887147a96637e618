import { Session, type Profiler } from "node:inspector";

/** Watches which blocks of the watched sources run. */
export type Coverage = {
  /** How many things ran since the last call that had never run, or never so often. */
  takeNew(): number;
  /** Blocks seen so far, each in up to eight classes of frequency. */
  readonly seen: number;
  stop(): void;
};

/**
 * V8's own precise coverage, so nothing is instrumented and TypeScript runs as it is. A feature is a
 * block with the class of how often it ran (1, 2, 3–4, 5–8 …): loops that go deeper count as new.
 * @param isWatched tells by a script's URL whether its blocks count
 */
export function watchCoverage(isWatched: (url: string) => boolean): Coverage {
  const session = new Session();
  session.connect();
  // Everything of an in-process session answers before post returns.
  session.post("Profiler.enable");
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  const features = new Set<string>();
  const take = (): readonly Profiler.ScriptCoverage[] => {
    let result: readonly Profiler.ScriptCoverage[] = [];
    session.post("Profiler.takePreciseCoverage", (error, answer) => {
      if (error !== null) throw error;
      ({ result } = answer);
    });
    return result;
  };
  return {
    takeNew: () => {
      const before = features.size;
      for (const { url, scriptId, functions } of take()) {
        if (!isWatched(url)) continue;
        for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
          if (count === 0) continue;
          const often = Math.min(7, Math.ceil(Math.log2(count)));
          features.add(`${scriptId}:${startOffset}:${endOffset}:${often}`);
        }
      }
      return features.size - before;
    },
    get seen() {
      return features.size;
    },
    stop: () => {
      session.post("Profiler.stopPreciseCoverage");
      session.disconnect();
    },
  };
}
