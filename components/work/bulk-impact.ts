import { bulkText } from "#components/strings/work.ts";
import { actionOf, type BulkDraft } from "#components/work/bulk-draft.ts";
import { reachItems } from "#components/work/reach-items.ts";
import { formatCount } from "#components/ui/format.ts";
import type { KeyValue } from "#components/ui/key-values.tsx";
import type { BulkKind } from "#server/domain/bulk-action.ts";
import { presenceNames } from "#server/domain/presence.ts";
import type { BulkImpact } from "#server/services/bulk/view.ts";

const { radius } = bulkText;

/** How far an action reaches, as far as it matters for it. */
export function impactItems(
  kind: BulkKind,
  draft: BulkDraft,
  { data: impact, error }: { readonly data?: BulkImpact | undefined; readonly error: Error | null },
): readonly KeyValue[] {
  const waiting = error === null ? bulkText.waiting : bulkText.radiusFailed;
  if (impact === undefined) return [{ key: "devices", label: radius.devices, value: waiting }];
  const lead = [
    { key: "devices", label: radius.devices, value: formatCount(impact.devices) },
    { key: "presence", label: radius.presences, value: presencesOf(impact) },
    { key: "profiles", label: radius.profiles, value: profilesOf(impact) },
  ].filter(({ value }) => value !== "");
  const action = actionOf(kind, draft);
  const tags = "tags" in action ? action.tags : [];
  const hanging = reachItems(impact.reach, { kind, tags, devices: impact.devices });
  if (kind === "add_tags" || kind === "remove_tags" || kind === "set_place") {
    return [...lead, ...hanging];
  }
  return [
    ...lead,
    { key: "connected", label: radius.connected, value: formatCount(impact.connected) },
    { key: "readings", label: radius.readings, value: readingsOf(impact) },
    ...(kind === "set_profile" ? [] : cutOff(kind, impact)),
    ...hanging,
  ];
}

function cutOff(kind: BulkKind, impact: BulkImpact): readonly KeyValue[] {
  return [
    { key: "children", label: radius.children, value: formatCount(impact.children) },
    {
      key: "certificates",
      label: kind === "decommission" ? radius.revoked : radius.certificates,
      value: formatCount(impact.certificates),
    },
    { key: "credentials", label: radius.credentials, value: formatCount(impact.credentials) },
  ];
}

function presencesOf({ presences }: BulkImpact): string {
  return presences
    .map(({ presence, devices }) => bulkText.partOf(presenceNames[presence], formatCount(devices)))
    .join(", ");
}

function profilesOf({ profiles, otherProfiles }: BulkImpact): string {
  return [
    ...profiles.map(({ name, devices }) => bulkText.partOf(name, formatCount(devices))),
    ...(otherProfiles === 0 ? [] : [bulkText.otherProfiles(formatCount(otherProfiles))]),
  ].join(", ");
}

function readingsOf({ readingsLastDay, isEstimate }: BulkImpact): string {
  const count = formatCount(readingsLastDay);
  return isEstimate ? bulkText.about(count) : count;
}
