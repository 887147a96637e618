import type { z } from "zod";
import type { bulkActionSchema } from "#server/domain/bulk-action-schema.ts";
import type { DeviceState } from "#server/domain/device-state.ts";
import type { Capability } from "#server/domain/roles.ts";

/** More than that is not changed by one job. */
export const maxBulkDevices = 200_000;
export const maxBulkTags = 10;
/** A device has no more than that. */
export const maxDeviceTags = 32;

/** What is done to every device of a bulk job. */
export type BulkAction = z.output<typeof bulkActionSchema>;
export type BulkKind = BulkAction["kind"];

/** In the order in which they are offered. */
export const bulkKinds = [
  "add_tags",
  "remove_tags",
  "set_place",
  "set_profile",
  "quarantine",
  "approve",
  "suspend",
  "resume",
  "decommission",
] as const satisfies readonly BulkKind[];

/** What became of one device; `waiting` until a worker has come to it. */
export const bulkDeviceStates = ["waiting", "done", "unchanged", "failed", "skipped"] as const;
export type BulkDeviceState = (typeof bulkDeviceStates)[number];

/** States of work that is done in the background. */
export const workStates = ["queued", "running", "done", "cancelled", "failed"] as const;
export type WorkState = (typeof workStates)[number];

/** The same as changing one device by hand needs. */
export function bulkCapability({ kind }: Pick<BulkAction, "kind">): Capability {
  switch (kind) {
    case "add_tags":
    case "remove_tags":
    case "set_place":
      return "device.annotate";
    case "approve":
      return "enrolment.approve";
    case "set_profile":
    case "quarantine":
    case "suspend":
    case "resume":
    case "decommission":
      return "device.manage";
  }
}

/** Whether devices stop working, so that the number of them is confirmed before it begins. */
export function isDrastic({ kind }: Pick<BulkAction, "kind">): boolean {
  return kind === "decommission" || kind === "suspend" || kind === "quarantine";
}

/** Whether a device in this state is to be changed, or why it stays as it is. */
export type BulkVerdict =
  | { readonly result: "apply" }
  | { readonly result: "unchanged" | "skipped"; readonly detail: string };

const apply: BulkVerdict = { result: "apply" };
const unchanged = (detail: string): BulkVerdict => ({ result: "unchanged", detail });
const skipped = (detail: string): BulkVerdict => ({ result: "skipped", detail });

/** What keeps an action from devices in a state; all others apply to them. */
const exceptions: Readonly<
  Record<Exclude<DeviceState, "decommissioned">, Readonly<Partial<Record<BulkKind, BulkVerdict>>>>
> = {
  active: {
    approve: unchanged("It is not in quarantine."),
    resume: unchanged("It is not suspended."),
  },
  quarantined: {
    quarantine: unchanged("It was in quarantine already."),
    resume: unchanged("It is not suspended."),
  },
  suspended: {
    quarantine: skipped("It is suspended. Resume it first."),
    approve: unchanged("It is not in quarantine."),
    suspend: unchanged("It was suspended already."),
  },
};

/** @param state undefined when the device is not there any more */
export function bulkVerdict(
  { kind }: Pick<BulkAction, "kind">,
  state: DeviceState | undefined,
): BulkVerdict {
  if (state === undefined) {
    return skipped("It is not here any more: it was moved to another organisation, or erased.");
  }
  if (state === "decommissioned") {
    return kind === "decommission"
      ? unchanged("It was decommissioned already.")
      : skipped("It is decommissioned.");
  }
  return exceptions[state][kind] ?? apply;
}
