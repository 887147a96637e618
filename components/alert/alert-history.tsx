import { SeverityBadge } from "#components/alert/alert-badges.tsx";
import { alertText } from "#components/strings/alert.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { ExactTime, RelativeTime } from "#components/ui/time.tsx";
import { stepWords } from "#server/domain/alert.ts";
import type { AlertDeliveryView, AlertEventView } from "#server/services/alert/show.ts";

const tones: Readonly<Record<string, Tone>> = { pending: "warn", sent: "ok", failed: "bad" };

/** What happened to an alert, newest first, and what of it was sent. */
export function AlertHistory({ events }: { readonly events: readonly AlertEventView[] }) {
  return (
    <Card labelledBy="alert-history">
      <CardHeader id="alert-history" title={alertText.history} />
      <ol>
        {events.map((event) => (
          <li key={event.id} className="border-b border-line px-3.5 py-2.5 last:border-b-0">
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <ExactTime value={event.at} />
              <span className="font-medium text-ink">
                {alertText.kinds[event.kind] ?? event.kind}
              </span>
              <SeverityBadge severity={event.severity} />
              {event.step !== "" && <span className="text-ink-2">{stepWords(event.step)}</span>}
              <span className="text-ink-3">{alertText.by(event.by)}</span>
            </p>
            {event.detail !== "" && (
              <p className="mt-1 max-w-prose wrap-anywhere text-ink-2">{event.detail}</p>
            )}
            <Deliveries event={event} />
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Deliveries({ event }: { readonly event: AlertEventView }) {
  if (event.deliveries.length === 0) {
    const isTold = event.kind === "fired" || event.kind === "escalated";
    return isTold ? <p className="mt-1 text-sm text-ink-3">{alertText.noDeliveries}</p> : null;
  }
  return (
    <ul aria-label={alertText.deliveries} className="mt-1.5 flex flex-col gap-1">
      {event.deliveries.map((delivery) => (
        <Delivery key={delivery.channelId} delivery={delivery} />
      ))}
    </ul>
  );
}

function Delivery({ delivery }: { readonly delivery: AlertDeliveryView }) {
  const { channelName, state, attempts, sentAt, nextAt, error } = delivery;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-sm">
      <StateBadge tone={tones[state] ?? "idle"}>{alertText.delivery[state] ?? state}</StateBadge>
      <span className="text-ink">{channelName}</span>
      {sentAt !== null && <RelativeTime value={sentAt} />}
      {attempts > 1 && <span className="text-ink-3">{alertText.attempts(attempts)}</span>}
      {error !== "" && <span className="wrap-anywhere text-ink-2">{error}</span>}
      {nextAt !== null && attempts > 0 && (
        <span className="text-ink-3">
          {alertText.nextAttempt} <RelativeTime value={nextAt} />
        </span>
      )}
    </li>
  );
}
