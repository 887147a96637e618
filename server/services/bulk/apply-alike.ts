import {
  addTagsToDevices,
  removeTagsFromDevices,
  type BulkDevice,
} from "#server/db/change-devices-in-bulk.ts";
import type { Tx } from "#server/db/client.ts";
import { maxDeviceTags, type BulkAction } from "#server/domain/bulk-action.ts";

/** Actions that change all devices of a batch by one statement. */
export type AlikeAction = Extract<
  BulkAction,
  { kind: "add_tags" | "remove_tags" | "set_place" | "set_profile" | "quarantine" | "suspend" }
>;

const stateAfter = { quarantine: "quarantined", suspend: "suspended" } as const;

/** What would become of one device. */
export type AlikePlan =
  | { readonly result: "change"; readonly before: object; readonly after: object }
  | { readonly result: "unchanged" | "failed"; readonly detail: string };

/** What the action makes of a device that it applies to. */
export function planAlike(action: AlikeAction, device: BulkDevice): AlikePlan {
  switch (action.kind) {
    case "add_tags": {
      const missing = action.tags.filter((tag) => !device.tags.includes(tag));
      if (missing.length === 0) return { result: "unchanged", detail: "It has the tags already." };
      const tags = [...device.tags, ...missing];
      if (tags.length > maxDeviceTags) {
        const detail = `It would have ${tags.length} tags; a device has at most ${maxDeviceTags}.`;
        return { result: "failed", detail };
      }
      return { result: "change", before: { tags: device.tags }, after: { tags } };
    }
    case "remove_tags": {
      const tags = device.tags.filter((tag) => !action.tags.includes(tag));
      return tags.length === device.tags.length
        ? { result: "unchanged", detail: "It does not have the tags." }
        : { result: "change", before: { tags: device.tags }, after: { tags } };
    }
    case "set_place":
      return oneField("place", device.place, action.place, "It is there already.");
    case "set_profile":
      return oneField(
        "profileId",
        device.profileId,
        action.profileId,
        "It has the profile already.",
      );
    case "quarantine":
    case "suspend":
      // Resuming reads from the audit trail what a device was when it was suspended.
      return {
        result: "change",
        before: { state: device.state },
        after: { state: stateAfter[action.kind] },
      };
  }
}

function oneField(name: string, before: string, after: string, detail: string): AlikePlan {
  return before === after
    ? { result: "unchanged", detail }
    : { result: "change", before: { [name]: before }, after: { [name]: after } };
}

/** Changes the devices for which the plan says so. */
export async function applyAlike(
  tx: Tx,
  action: AlikeAction,
  at: { readonly tenantId: string; readonly ids: readonly string[] },
): Promise<void> {
  const { tenantId } = at;
  const where = { tenantId, id: { in: [...at.ids] } };
  switch (action.kind) {
    case "add_tags":
      return addTagsToDevices(tx, { ...at, tags: action.tags });
    case "remove_tags":
      return removeTagsFromDevices(tx, { ...at, tags: action.tags });
    case "set_place":
      await tx.device.updateMany({ where, data: { place: action.place } });
      return undefined;
    case "set_profile":
      await tx.device.updateMany({ where, data: { profileId: action.profileId } });
      return undefined;
    case "quarantine":
    case "suspend":
      await tx.device.updateMany({ where, data: { state: stateAfter[action.kind] } });
      return undefined;
  }
}

/** What the audit trail of a device calls the change; the same as when one person changes one device. */
export function auditNameOf({ kind }: AlikeAction): string {
  return kind === "quarantine" || kind === "suspend" ? `device.${kind}` : "device.update";
}

/** Whether running workers must look at the devices again. */
export function concernsWorkers({ kind }: AlikeAction): boolean {
  return kind === "set_profile" || kind === "quarantine" || kind === "suspend";
}
