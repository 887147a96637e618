"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { runOutQuery } from "#components/certificate/certificate-queries.ts";
import {
  RunOutChart,
  sumsOf,
  weekHref,
  weekTitle,
} from "#components/certificate/run-out-chart.tsx";
import { runOutText as text } from "#components/strings/certificate-list.ts";
import { StateDot, type Tone } from "#components/ui/badge.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Select } from "#components/ui/select.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { certificatesHref } from "#server/domain/certificate-filter.ts";
import type { RunOut } from "#server/services/certificate/run-out.ts";

const choices = [
  { value: "profile", label: text.byProfile },
  { value: "issuer", label: text.byIssuer },
];

/** Counts stop here. */
const bound = 10_000;

/** When everything runs out, and what of that needs somebody now. */
export function RunOutCard({ first }: { readonly first: RunOut }) {
  const [by, setBy] = useState<RunOut["by"]>(first.by);
  const { data: chart = first } = useQuery(runOutQuery(by, by === first.by ? first : undefined));
  const quiet = chart.weeks.every((week) => sumsOf(week).total === 0);
  return (
    <Card labelledBy="run-out">
      <CardHeader
        id="run-out"
        title={text.title}
        aside={
          <span className="flex items-center gap-2 text-ink-2">
            {text.by}
            <span className="w-28">
              <Select
                aria-label={text.by}
                className="w-full [&>select]:h-7!"
                value={by}
                options={choices}
                onChange={(event) => setBy(event.target.value === "issuer" ? "issuer" : "profile")}
              />
            </span>
          </span>
        }
      />
      <CardBody className="flex flex-col gap-4">
        <Sentences chart={chart} />
        {quiet ? (
          <p className="m-auto py-10 text-ink-2">{text.quiet}</p>
        ) : (
          <>
            <div>
              <RunOutChart chart={chart} />
            </div>
            <details className="group">
              <summary className="cursor-pointer text-sm text-ink-2 hover:text-ink">
                {text.table}
              </summary>
              <WeekTable chart={chart} />
            </details>
          </>
        )}
      </CardBody>
    </Card>
  );
}

type Sentence = {
  readonly count: number;
  readonly words: (count: string) => string;
  readonly href: string;
  readonly tone: Tone;
};

function sentencesOf(chart: RunOut): readonly Sentence[] {
  return [
    {
      count: chart.beforeContact,
      words: text.beforeContact,
      href: certificatesHref({ beforeContact: true }),
      tone: "bad",
    },
    {
      count: chart.lateRenewals,
      words: text.late,
      href: certificatesHref({ kinds: ["device"], standings: ["overdue", "critical"] }),
      tone: "bad",
    },
    {
      count: chart.byPeopleSoon,
      words: text.byPeople,
      href: certificatesHref({ standings: ["renew_soon"], withinDays: 30 }),
      tone: "warn",
    },
  ];
}

function Sentences({ chart }: { readonly chart: RunOut }) {
  const shown = sentencesOf(chart).filter(({ count }) => count > 0);
  if (shown.length === 0) return <p className="text-ink-2">{text.calm}</p>;
  return (
    <ul className="flex flex-col gap-1">
      {shown.map(({ count, words, href, tone }) => (
        <li key={href} className="flex items-baseline gap-2">
          <StateDot tone={tone} />
          <Link href={href} prefetch={false} className="text-accent underline">
            {words(count > bound ? text.atLeast(formatCount(bound)) : formatCount(count))}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function WeekTable({ chart }: { readonly chart: RunOut }) {
  const weeks = chart.weeks.filter((week) => sumsOf(week).total > 0);
  return (
    <div className="mt-2 overflow-x-auto">
      <Table>
        <thead>
          <Tr>
            <Th>{text.columnWeek}</Th>
            {chart.series.map(({ id, label }) => (
              <Th key={id} numeric>
                {label}
              </Th>
            ))}
            <Th numeric>{text.columnPlanned}</Th>
            <Th numeric>{text.columnUnplanned}</Th>
          </Tr>
        </thead>
        <tbody>
          {weeks.map((week) => {
            const { total, planned } = sumsOf(week);
            return (
              <Tr key={week.startsAt ?? "over"}>
                <Td>
                  <Link href={weekHref(week)} prefetch={false} className="text-accent underline">
                    {weekTitle(week)}
                  </Link>
                </Td>
                {week.counts.map(([of, others], series) => (
                  <Td key={chart.series[series]?.id ?? series} numeric>
                    {formatCount(of + others)}
                  </Td>
                ))}
                <Td numeric>{formatCount(planned)}</Td>
                <Td numeric>{formatCount(total - planned)}</Td>
              </Tr>
            );
          })}
        </tbody>
      </Table>
    </div>
  );
}
