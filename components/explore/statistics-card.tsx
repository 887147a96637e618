"use client";
import { valueWords } from "#components/charts/summary.ts";
import { seriesColour } from "#components/charts/series.ts";
import type { ExploreChart, Line } from "#components/explore/explore-charts.ts";
import { exploreText } from "#components/strings/explore.ts";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";

const none = "–";

/** Every line summed up; pointing at a row lets its line stand out. */
export function StatisticsCard({
  lines,
  charts,
  onHighlight,
}: {
  readonly lines: readonly Line[];
  readonly charts: readonly ExploreChart[];
  readonly onHighlight: (lineId: string | null) => void;
}) {
  const colours = new Map(
    charts.flatMap(({ series }) => series.map(({ id, colour }) => [id, colour ?? 0] as const)),
  );
  return (
    <Card>
      <CardHeader title={exploreText.statistics} aside={exploreText.statisticsAside} />
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls on a phone */}
      <section className="overflow-x-auto" aria-label={exploreText.statistics} tabIndex={0}>
        <Table>
          <thead>
            <Tr>
              <Th>{exploreText.statSeries}</Th>
              <Th numeric>{exploreText.statLast}</Th>
              <Th numeric>{exploreText.statMean}</Th>
              <Th numeric>{exploreText.statMin}</Th>
              <Th numeric>{exploreText.statMax}</Th>
              <Th numeric>{exploreText.statCount}</Th>
            </Tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <Tr
                key={line.id}
                className="hover:bg-sunken"
                onPointerEnter={() => onHighlight(line.id)}
                onPointerLeave={() => onHighlight(null)}
              >
                <Td>
                  <span className="flex items-center gap-2 whitespace-nowrap">
                    <span
                      aria-hidden
                      className="size-2.5 shrink-0 rounded-xs"
                      style={{ background: seriesColour(colours.get(line.id) ?? 0) }}
                    />
                    {exploreText.seriesOf(line.who, line.answer.metric)}
                  </span>
                </Td>
                <Figures line={line} />
              </Tr>
            ))}
          </tbody>
        </Table>
      </section>
    </Card>
  );
}

function Figures({ line: { answer, readings, isSwitch } }: { readonly line: Line }) {
  const { statistics } = answer;
  if (statistics === undefined) {
    return [1, 2, 3, 4, 5].map((column) => (
      <Td key={column} numeric className="text-ink-3">
        {none}
      </Td>
    ));
  }
  const shown = (value: number) => valueWords({ isSwitch }, readings.of(value), readings.unit);
  const { last, lastAt, mean, min, max, count } = statistics;
  return (
    <>
      <Td numeric className="whitespace-nowrap">
        {last === null ? none : shown(last)}
        {lastAt !== null && (
          <span className="ml-2 text-sm text-ink-3">
            <RelativeTime value={lastAt} />
          </span>
        )}
      </Td>
      <Td numeric className="whitespace-nowrap">
        {shown(mean)}
      </Td>
      <Td numeric className="whitespace-nowrap">
        {shown(min)}
      </Td>
      <Td numeric className="whitespace-nowrap">
        {shown(max)}
      </Td>
      <Td numeric>{formatCount(count)}</Td>
    </>
  );
}
