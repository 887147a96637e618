import { availabilityWords } from "#components/strings/presence.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { availabilityText, type PresenceSeconds } from "#server/domain/availability.ts";
import type { AvailabilityReport } from "#server/services/presence/availability.ts";

const heightPixels = 96;

/** One column a day: what was heard, what was late, what was missed, of the time that was expected. */
export function AvailabilityDays({ days }: { readonly days: AvailabilityReport["days"] }) {
  if (days.length < 2) return null;
  return (
    <Card labelledBy="per-day">
      <CardHeader
        id="per-day"
        title={availabilityWords.perDay}
        aside={availabilityWords.perDayAside}
      />
      <CardBody>
        <ol aria-labelledby="per-day" className="flex items-end gap-px sm:gap-1">
          {days.map(({ day, availability, seconds }) => {
            const title = availabilityWords.day(day, availabilityText(availability));
            return (
              <li key={day} className="min-w-0 flex-1" title={title}>
                <span className="sr-only">{title}</span>
                <Column seconds={seconds} />
              </li>
            );
          })}
        </ol>
        <p className="mt-1.5 flex justify-between text-xs text-ink-3" aria-hidden>
          <span>{days[0]?.day}</span>
          <span>{days.at(-1)?.day}</span>
        </p>
      </CardBody>
    </Card>
  );
}

function Column({ seconds }: { readonly seconds: PresenceSeconds }) {
  const { online, idle, late, silent, stranded } = seconds;
  const parts = [
    { id: "missed", value: silent + stranded, fill: "bg-bad" },
    { id: "late", value: late, fill: "bg-warn" },
    { id: "heard", value: online + idle, fill: "bg-ok" },
  ];
  return (
    <span
      aria-hidden
      className="flex flex-col overflow-hidden rounded-xs bg-sunken"
      style={{ height: heightPixels }}
    >
      {parts
        .filter(({ value }) => value > 0)
        .map(({ id, value, fill }) => (
          <span
            key={id}
            className={`min-h-0.5 ${fill}`}
            style={{ flexGrow: value, flexBasis: 0 }}
          />
        ))}
    </span>
  );
}
