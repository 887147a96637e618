import type { LatestValue } from "#components/device/feed.ts";
import { valueText } from "#components/device/value-text.ts";
import { deviceText } from "#components/strings/device-page.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { RelativeTime } from "#components/ui/time.tsx";

/** The newest value of each field with its age. */
export function NowCard({
  latest,
  units,
}: {
  readonly latest: Readonly<Record<string, LatestValue>>;
  readonly units: Readonly<Record<string, string>>;
}) {
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
                    {valueText(v)}
                  </span>
                  {units[name] !== undefined && ` ${units[name]}`}
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
