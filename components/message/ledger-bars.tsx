"use client";
import { Bars, type Bar } from "#components/charts/bars.tsx";
import { ledgerText } from "#components/strings/message.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { useHydrated } from "#components/ui/clock.tsx";
import { formatCount, formatDuration } from "#components/ui/format.ts";
import { ledgerRange, type LedgerRangeKey } from "#server/domain/ledger-range.ts";
import type { LedgerSummary } from "#server/services/ledger/summary.ts";

const series = [
  { id: "stored", label: ledgerText.seriesStored, tone: "accent" },
  { id: "quiet", label: ledgerText.seriesQuiet, tone: "ok" },
  { id: "shed", label: ledgerText.seriesShed, tone: "warn" },
  { id: "dead", label: ledgerText.seriesDead, tone: "bad" },
] as const;

/** Every fourth bar has a label: more would not fit. */
const labelEvery = 4;
const dayMs = 86_400_000;

type Step = LedgerSummary["steps"][number];

/** What came in each step, by what became of it. Steps without messages are there as well. */
export function LedgerBars({
  from,
  rangeKey,
  summary,
}: {
  /** Start of the range, epoch milliseconds. */
  readonly from: number;
  readonly rangeKey: LedgerRangeKey;
  readonly summary: LedgerSummary;
}) {
  const hydrated = useHydrated();
  const { steps: count, stepMs } = ledgerRange(rangeKey, from);
  const known = new Map(summary.steps.map((step) => [step.at, step]));
  const bars = Array.from({ length: count }, (_, index): Bar => {
    const at = from + index * stepMs;
    const words = instantWords(at, stepMs, hydrated);
    return barOf(known.get(at) ?? noStep, { at, words, isLabelled: index % labelEvery === 0 });
  });
  return (
    <Card labelledBy="ledger-steps">
      <CardHeader
        id="ledger-steps"
        title={ledgerText.overTime}
        aside={ledgerText.step(formatDuration(stepMs))}
      />
      <CardBody>
        <Bars
          label={ledgerText.overTime}
          series={series}
          bars={bars}
          heightPixels={150}
          showTotals={false}
        />
      </CardBody>
    </Card>
  );
}

const noStep: Omit<Step, "at"> = {
  received: 0,
  stored: 0,
  duplicate: 0,
  filtered: 0,
  deadLettered: 0,
  rejected: 0,
  shed: 0,
  unaccounted: 0,
};

function barOf(
  step: Omit<Step, "at">,
  {
    at,
    words,
    isLabelled,
  }: { readonly at: number; readonly words: string; readonly isLabelled: boolean },
): Bar {
  const { received, stored, duplicate, filtered, deadLettered } = step;
  const shed = step.rejected + step.shed;
  return {
    id: String(at),
    label: isLabelled ? words : "\u00a0",
    title: ledgerText.bar(
      words,
      formatCount(received),
      formatCount(stored),
      formatCount(shed + deadLettered),
    ),
    values: [stored, duplicate + filtered, shed, deadLettered],
  };
}

/** In UTC until the viewer's zone is known. */
function instantWords(at: number, stepMs: number, hydrated: boolean): string {
  const zone = hydrated ? {} : { timeZone: "UTC" };
  const shape: Intl.DateTimeFormatOptions =
    stepMs >= dayMs / 4
      ? { month: "2-digit", day: "2-digit" }
      : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat("en-GB", { ...shape, ...zone }).format(at);
}
