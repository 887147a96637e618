import { causeText } from "#components/strings/dead-letter.ts";
import { runText } from "#components/strings/workbench.ts";
import type { Tone } from "#components/ui/badge.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { RunView } from "#server/services/dead-letter/run-view.ts";

export const runTones: Readonly<Record<RunView["state"], Tone>> = {
  queued: "idle",
  running: "accent",
  done: "ok",
  cancelled: "warn",
  failed: "bad",
};

/** What a run did so far: "2 000 stored, 3 still fail". */
export function runCounts(run: RunView): string {
  const { counts } = runText;
  const parts = {
    dry_run: [[run.stored, counts.wouldStore] as const],
    replay: [[run.stored, counts.stored] as const],
    discard: [[run.done, counts.discarded] as const],
  }[run.kind];
  const more = [
    [run.duplicate, counts.duplicate] as const,
    [run.failed, counts.failed] as const,
  ].filter(([count]) => count > 0);
  return causeText.list([...parts, ...more].map(([count, words]) => words(formatCount(count))));
}
