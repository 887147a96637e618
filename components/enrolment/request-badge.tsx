import type { RequestState } from "#components/enrolment/views.ts";
import { requestText } from "#components/strings/enrolment-request.ts";
import { StateBadge } from "#components/ui/badge.tsx";

const tones = { pending: "warn", approved: "accent", enrolled: "ok", refused: "bad" } as const;

/** What became of a request. */
export function RequestBadge({ state }: { readonly state: RequestState }) {
  return <StateBadge tone={tones[state]}>{requestText.states[state]}</StateBadge>;
}
