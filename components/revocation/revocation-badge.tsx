import { revocationText } from "#components/strings/revocation.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import type { RevocationState } from "#server/domain/revocation-state.ts";

const tones: Readonly<Record<RevocationState, Tone>> = {
  revoked: "bad",
  held: "warn",
  released: "ok",
  replaced: "idle",
};

/** What an entry is by now. */
export function RevocationBadge({ state }: { readonly state: RevocationState }) {
  return <StateBadge tone={tones[state]}>{revocationText.states[state]}</StateBadge>;
}
