import { reachText } from "#components/strings/work.ts";
import { formatCount } from "#components/ui/format.ts";
import type { KeyValue } from "#components/ui/key-values.tsx";
import type { BulkKind } from "#server/domain/bulk-action.ts";
import { mayChange, type Reach } from "#server/domain/reach.ts";

/** Names that are said; of more, how many there are. */
const shown = 5;

/**
 * The groups and dashboards that a change of devices concerns; what there is none of is left out.
 * `tags`: those that are added or taken away. `devices`: all that are changed.
 */
export function reachItems(
  reach: Reach,
  of: { readonly kind: BulkKind; readonly tags?: readonly string[]; readonly devices: number },
): readonly KeyValue[] {
  const { groups, dashboards, otherDashboards } = reach;
  const changing = groups.filter((group) => mayChange(group, of.kind, of.tags ?? []));
  const staying = groups.filter((group) => group.hasMembers && !changing.includes(group));
  const names = (named: readonly { readonly name: string }[]) => named.map(({ name }) => name);
  const told = dashboards.flatMap(({ name }) => name ?? []);
  const more = dashboards.length - told.length + otherDashboards;
  const items = [
    { key: "groups-change", label: reachText.groupsChange, value: wordsOf(names(changing)) },
    { key: "groups", label: reachText.groups, value: wordsOf(names(staying)) },
    { key: "dashboards", label: reachText.dashboards, value: wordsOf(told, more) },
  ].filter(({ value }) => value !== "");
  const note = noteOf(reach, of.devices);
  if (note === "" || items.length === 0) return items;
  return [...items, { key: "reach-note", label: reachText.noteLabel, value: note }];
}

function wordsOf(names: readonly string[], others = 0): string {
  const more = Math.max(0, names.length - shown) + others;
  const said = names.slice(0, shown);
  return [
    ...said,
    ...(more === 0 ? [] : [reachText.more(formatCount(more), said.length > 0)]),
  ].join(", ");
}

/** That not everything was looked at. */
function noteOf({ groupsAskedOf, isPartial }: Reach, devices: number): string {
  return [
    ...(groupsAskedOf < devices ? [reachText.asked(formatCount(groupsAskedOf))] : []),
    ...(isPartial ? [reachText.partial] : []),
  ].join(" ");
}
