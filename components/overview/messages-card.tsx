"use client";
import { TimeSeries } from "#components/charts/time-series.tsx";
import { overviewText } from "#components/strings/overview.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import type { OverviewView } from "#server/services/overview/show.ts";

/** A day of traffic: what was received, and what of it was not stored. */
export function MessagesCard({ steps }: { readonly steps: OverviewView["messages"]["steps"] }) {
  const first = steps[0];
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return null;
  const isQuiet = steps.every((step) => step.received === 0);
  return (
    <Card labelledBy="overview-messages">
      <CardHeader
        id="overview-messages"
        title={overviewText.messages}
        aside={overviewText.messagesAside}
      />
      <CardBody>
        {isQuiet ? (
          <p className="py-14 text-center text-ink-2">{overviewText.messagesQuiet}</p>
        ) : (
          <TimeSeries
            label={overviewText.messages}
            height={180}
            range={{ from: first.at, to: last.at }}
            series={[
              {
                id: "received",
                label: overviewText.messagesReceived,
                points: steps.map((step) => ({ t: step.at, v: step.received })),
              },
              {
                id: "not-stored",
                label: overviewText.messagesNotStored,
                points: steps.map((step) => ({ t: step.at, v: step.received - step.stored })),
              },
            ]}
          />
        )}
      </CardBody>
    </Card>
  );
}
