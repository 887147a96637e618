import { z } from "zod";
import type { DeviceState } from "#server/domain/device-state.ts";
import type { Capability } from "#server/domain/roles.ts";

/** More than that is not changed by one job. */
export const maxBulkDevices = 200_000;
export const maxBulkTags = 10;
/** A device has no more than that. */
export const maxDeviceTags = 32;

const tagPattern = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;
const tags = z
  .array(
    z
      .string()
      .trim()
      .regex(
        tagPattern,
        "A tag has 1 to 64 letters, digits, dots, colons, slashes, underscores or hyphens.",
      ),
  )
  .min(1, "Name at least one tag.")
  .max(maxBulkTags, `At most ${maxBulkTags} tags at once.`)
  .transform((list) => [...new Set(list)]);

/** What is done to every device of a bulk job. */
export const bulkActionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("add_tags"), tags }),
  z.object({ kind: z.literal("remove_tags"), tags }),
  z.object({
    kind: z.literal("set_place"),
    /** Where they are, in words; empty takes it away. */
    place: z
      .string()
      .trim()
      .max(200, "A place has at most 200 characters.")
      .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "A place is one line of text."),
  }),
  z.object({ kind: z.literal("set_profile"), profileId: z.uuid("Choose a profile.") }),
  z.object({ kind: z.literal("quarantine") }),
  z.object({
    kind: z.literal("approve"),
    /** Put what was sent in quarantine into the series. */
    replay: z.boolean().default(true),
  }),
  z.object({ kind: z.literal("suspend") }),
  z.object({ kind: z.literal("resume") }),
  z.object({
    kind: z.literal("decommission"),
    /** What becomes of the devices behind a gateway. */
    children: z
      .enum(["detach", "decommission"], "Choose detach or decommission.")
      .default("detach"),
    /** What becomes of what they sent. */
    data: z.enum(["keep", "erase"], "Choose keep or erase.").default("keep"),
  }),
]);
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
