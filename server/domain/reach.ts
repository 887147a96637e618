import type { BulkKind } from "#server/domain/bulk-action.ts";

/** What of a device the filter of a group asks for, the groups in it included. */
export type GroupAsks = {
  readonly presence: boolean;
  readonly profile: boolean;
  readonly place: boolean;
  /** Tags that it names, wanted or not. */
  readonly tags: readonly string[];
};

/** A dynamic group that a change of devices concerns. */
export type ReachedGroup = {
  readonly id: string;
  readonly name: string;
  /** Some of the devices belong to it. */
  readonly hasMembers: boolean;
  readonly asks: GroupAsks;
};

/** What hangs on some devices besides the devices themselves. */
export type Reach = {
  /** By name. */
  readonly groups: readonly ReachedGroup[];
  /** Groups have been asked about so many of the devices; all of them unless that is fewer. */
  readonly groupsAskedOf: number;
  /** The first by name. Of somebody's private one the name is not told. */
  readonly dashboards: readonly { readonly id: string; readonly name: string | null }[];
  readonly otherDashboards: number;
  /** There are more groups or dashboards than are looked through. */
  readonly isPartial: boolean;
};

/**
 * Whether a change of devices may change who belongs to a group: the devices leave service, or its
 * filter asks for what is changed. What follows later (messages, versions, certificates) is not
 * foreseen. `tags`: those that are added or taken away.
 */
export function mayChange(
  { hasMembers, asks }: Pick<ReachedGroup, "hasMembers" | "asks">,
  kind: BulkKind,
  tags: readonly string[],
): boolean {
  switch (kind) {
    case "add_tags":
    case "remove_tags":
      return tags.some((tag) => asks.tags.includes(tag));
    case "set_place":
      return asks.place;
    case "set_profile":
      return asks.profile;
    case "quarantine":
    case "approve":
    case "suspend":
    case "resume":
      return asks.presence;
    case "decommission":
      return hasMembers || asks.presence;
  }
}
