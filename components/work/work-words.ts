import { bulkWords, exportText, workText } from "#components/strings/work.ts";
import type { Tone } from "#components/ui/badge.tsx";
import type { BulkDeviceState, WorkState } from "#server/domain/bulk-action.ts";
import type { BulkJobView } from "#server/services/bulk/view.ts";
import type { ExportView } from "#server/services/export/view.ts";

/** How a state of background work looks beside its word. */
export const workTones: Readonly<Record<WorkState, Tone>> = {
  queued: "idle",
  running: "accent",
  done: "ok",
  cancelled: "idle",
  failed: "bad",
};

/** How a state of a device of a bulk change looks beside its word. */
export const deviceStateTones: Readonly<Record<BulkDeviceState, Tone>> = {
  waiting: "idle",
  done: "ok",
  unchanged: "idle",
  failed: "bad",
  skipped: "warn",
};

/** What a bulk change does. */
export function bulkTitle({ action, profileName }: BulkJobView): string {
  switch (action.kind) {
    case "add_tags":
    case "remove_tags":
      return bulkWords[action.kind](action.tags.join(", "));
    case "set_place":
      return bulkWords.set_place(action.place);
    case "set_profile":
      return bulkWords.set_profile(profileName ?? bulkWords.goneProfile);
    case "decommission":
      return action.data === "erase" ? bulkWords.erase : bulkWords.decommission;
    case "quarantine":
    case "approve":
    case "suspend":
    case "resume":
      return bulkWords[action.kind];
  }
}

/** What an export has in it. */
export function exportContent({ telemetry }: ExportView): string {
  if (telemetry === null) return exportText.devicesContent;
  const { metrics, level } = telemetry;
  const what = metrics.length === 0 ? exportText.everyMetric : metrics.join(", ");
  return exportText.telemetryContent(`${what}, ${workText.levels[level].toLowerCase()}`);
}
