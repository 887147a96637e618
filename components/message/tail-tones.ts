import type { Tone } from "#components/ui/badge.tsx";
import type { LiveOutcome } from "#server/domain/live.ts";

/** How an outcome looks. */
export const tailTones: Readonly<Record<LiveOutcome, Tone>> = {
  stored: "ok",
  duplicate: "idle",
  filtered: "idle",
  dead_lettered: "bad",
  rejected: "bad",
};
