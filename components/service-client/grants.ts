import { serviceText } from "#components/strings/service-client.ts";
import type { Grant } from "#server/services/service-client/grant-problem.ts";

/** A grant being edited; `key` tells the rows apart while their texts change. */
export type GrantDraft = Grant & { readonly key: number };

/** What is usually granted. Filters that end in # also select what is directly above. */
export const grantPresets: readonly {
  readonly label: string;
  readonly grants: readonly Grant[];
}[] = [
  {
    label: serviceText.presetTelemetry,
    grants: [subscribing("qs/v1/d/+/up/telemetry/#")],
  },
  {
    label: serviceText.presetStates,
    grants: [
      subscribing("qs/v1/d/+/up/state"),
      subscribing("qs/v1/d/+/up/event/#"),
      subscribing("qs/v1/d/+/up/description"),
    ],
  },
  {
    label: serviceText.presetCommands,
    grants: [{ filter: "qs/v1/d/+/dn/#", maySubscribe: false, mayPublish: true }],
  },
];

/** Only of the organisation that runs the installation. */
export const sysPreset = { label: serviceText.presetSys, grants: [subscribing("$SYS/#")] };

function subscribing(filter: string): Grant {
  return { filter, maySubscribe: true, mayPublish: false };
}

let nextKey = 0;

export function draftOf(grant: Grant): GrantDraft {
  nextKey += 1;
  return { ...grant, key: nextKey };
}

/** The grants with those added whose filters are not there yet. */
export function withGrants(
  drafts: readonly GrantDraft[],
  added: readonly Grant[],
): readonly GrantDraft[] {
  const missing = added.filter(({ filter }) => drafts.every((draft) => draft.filter !== filter));
  return [...drafts.filter(({ filter }) => filter !== ""), ...missing.map(draftOf)];
}

/** The drafts as the service takes them. */
export function grantsOf(drafts: readonly GrantDraft[]): readonly Grant[] {
  return drafts.map(({ filter, maySubscribe, mayPublish }) => ({
    filter: filter.trim(),
    maySubscribe,
    mayPublish,
  }));
}
