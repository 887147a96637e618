"use client";
import type { LatestValue } from "#components/device/feed.ts";
import { shownValue, valueText } from "#components/device/value-text.ts";
import { deviceText } from "#components/strings/device-page.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { useUnits } from "#components/units/units-provider.tsx";

/** The newest value of each field with its age. */
export function NowCard({
  latest,
  units,
}: {
  readonly latest: Readonly<Record<string, LatestValue>>;
  readonly units: Readonly<Record<string, string>>;
}) {
  const show = useUnits();
  const fields = Object.entries(latest).toSorted(([a], [b]) => a.localeCompare(b));
  return (
    <Card labelledBy="now">
      <CardHeader id="now" title={deviceText.nowTitle} />
      <CardBody className="max-h-120 overflow-y-auto">
        {fields.length === 0 ? (
          <p className="text-ink-3">{deviceText.nowEmpty}</p>
        ) : (
          <KeyValues
            items={fields.map(([name, { v, t }]) => ({
              key: name,
              label: name,
              value: (
                <span data-metric={name}>
                  <span className="font-medium tabular-nums" data-value>
                    {valueText(shownValue(v, show(units[name])))}
                  </span>
                  {units[name] !== undefined && ` ${show(units[name]).unit}`}
                  <span className="text-ink-3">
                    {" · "}
                    <RelativeTime value={t} />
                  </span>
                </span>
              ),
            }))}
          />
        )}
      </CardBody>
    </Card>
  );
}
