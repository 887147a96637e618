"use client";
import { valueWords } from "#components/charts/summary.ts";
import { seriesColour } from "#components/charts/series.ts";
import type { ExploreChart, Line } from "#components/explore/explore-charts.ts";
import { exploreText } from "#components/strings/explore.ts";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { formatCount, roundComputed } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";

const none = "–";
/** A cell that takes no room on a phone. */
const readOut = "max-sm:w-0 max-sm:px-0!";

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
      <section
        className="relative overflow-x-auto"
        aria-label={exploreText.statistics}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls on a phone
        tabIndex={0}
      >
        <Table className="max-sm:[&_td]:px-2 max-sm:[&_th]:px-2 max-sm:[&_:is(td,th):first-child]:pl-3.5 max-sm:[&_:is(td,th):nth-child(5)]:pr-3.5">
          <Head />
          <tbody>
            {lines.map((line) => (
              <LineRows
                key={line.id}
                line={line}
                colour={colours.get(line.id) ?? 0}
                onHighlight={onHighlight}
              />
            ))}
          </tbody>
        </Table>
      </section>
    </Card>
  );
}

function Head() {
  return (
    <thead>
      <Tr>
        <Th className={readOut}>
          <span className="max-sm:sr-only">{exploreText.statSeries}</span>
        </Th>
        <Th numeric>{exploreText.statLast}</Th>
        <Th numeric>{exploreText.statMean}</Th>
        <Th numeric>{exploreText.statMin}</Th>
        <Th numeric>{exploreText.statMax}</Th>
        <Th numeric className="max-sm:hidden">
          {exploreText.statCount}
        </Th>
      </Tr>
    </thead>
  );
}

/** On a phone the name has a row of its own; read out it stays with its figures. */
function LineRows({
  line,
  colour,
  onHighlight,
}: {
  readonly line: Line;
  readonly colour: number;
  readonly onHighlight: (lineId: string | null) => void;
}) {
  const name = <LineName line={line} colour={colour} />;
  return (
    <>
      <Tr aria-hidden className="border-b-0 sm:hidden">
        <Td colSpan={5} className="pb-0">
          {name}
        </Td>
      </Tr>
      <Tr
        className="hover:bg-sunken"
        onPointerEnter={() => onHighlight(line.id)}
        onPointerLeave={() => onHighlight(null)}
      >
        <Td className={readOut}>
          <span className="max-sm:sr-only">{name}</span>
        </Td>
        <Figures line={line} />
      </Tr>
    </>
  );
}

function LineName({ line, colour }: { readonly line: Line; readonly colour: number }) {
  return (
    <span className="flex items-center gap-2 sm:whitespace-nowrap">
      <span
        aria-hidden
        className="size-2.5 shrink-0 rounded-xs"
        style={{ background: seriesColour(colour) }}
      />
      {exploreText.seriesOf(line.who, line.answer.metric)}
    </span>
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
          <span className="ml-2 inline-block w-18 text-left text-sm text-ink-3 max-sm:hidden">
            <RelativeTime value={lastAt} />
          </span>
        )}
      </Td>
      <Td numeric className="whitespace-nowrap">
        {shown(isSwitch ? mean : roundComputed(mean))}
      </Td>
      <Td numeric className="whitespace-nowrap">
        {shown(min)}
      </Td>
      <Td numeric className="whitespace-nowrap">
        {shown(max)}
      </Td>
      <Td numeric className="max-sm:hidden">
        {formatCount(count)}
      </Td>
    </>
  );
}
