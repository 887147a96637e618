"use client";
import { useState } from "react";
import type { LiveState } from "#components/layout/live-stream.ts";
import { useLive, useLiveStanding } from "#components/layout/live-provider.tsx";
import { newestPerWorker } from "#components/layout/newest-per-worker.ts";
import { layoutText } from "#components/strings/layout.ts";
import { StateDot, type Tone } from "#components/ui/badge.tsx";
import { formatMilliseconds } from "#components/ui/format.ts";
import { ExactTime } from "#components/ui/time.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import type { LiveFleet } from "#server/domain/live.ts";

const tones: Readonly<Record<LiveState, Tone>> = {
  live: "ok",
  connecting: "idle",
  silent: "warn",
  off: "bad",
  crowded: "warn",
  ended: "bad",
};

/** While nothing is heard, the time tells how old the values on the page may be. */
function hasSince(state: LiveState): boolean {
  return state === "off" || state === "silent" || state === "ended";
}

/** Whether values on the page are live, in words; behind: the age of the oldest uncommitted message. */
export function LiveIndicator() {
  const { state, since, why } = useLiveStanding();
  const [workers, setWorkers] = useState<readonly LiveFleet[]>([]);
  useLive({ fleet: true }, (frame) => {
    if (frame.kind === "fleet") setWorkers((known) => newestPerWorker(known, frame.fleet));
  });
  const lag = Math.max(0, ...workers.map((worker) => worker.lagMs));
  const words =
    state === "live" && lag >= 1
      ? layoutText.liveBehind(formatMilliseconds(lag))
      : layoutText.live[state];
  return (
    <Tooltip label={why ?? layoutText.liveExplained[state]}>
      <button
        type="button"
        data-live={state}
        className="flex cursor-default items-center gap-2 rounded px-1 text-ink-2"
      >
        <StateDot tone={tones[state]} />
        <span className="whitespace-nowrap max-md:text-sm">
          {words}
          {hasSince(state) && (
            <>
              {" "}
              {layoutText.liveSince} <ExactTime value={since} show="minute" />
            </>
          )}
        </span>
      </button>
    </Tooltip>
  );
}
