import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { presenceMeanings, presenceNames, type Presence } from "#server/domain/presence.ts";

/** The colour that goes with a presence; never without its word. */
const presenceTones: Readonly<Record<Presence, Tone>> = {
  online: "ok",
  idle: "idle",
  late: "warn",
  silent: "bad",
  stranded: "bad",
  never_seen: "idle",
  suspended: "warn",
  decommissioned: "idle",
  quarantined: "warn",
};

/** A device's presence as dot and word, its meaning on hover. */
export function PresenceBadge({ presence }: { readonly presence: Presence }) {
  return (
    <span title={presenceMeanings[presence]} data-presence={presence}>
      <StateBadge tone={presenceTones[presence]}>{presenceNames[presence]}</StateBadge>
    </span>
  );
}
