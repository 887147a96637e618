import Link from "next/link";
import { ShareBar, type SharePart } from "#components/charts/share-bar.tsx";
import { wordsOfReason } from "#components/strings/dead-letter.ts";
import { ledgerText } from "#components/strings/message.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { LedgerOutcome, LedgerSummary } from "#server/services/ledger/summary.ts";

const tones: Readonly<Record<LedgerOutcome, SharePart["tone"]>> = {
  stored: "accent",
  duplicate: "ok",
  filtered: "dim",
  dead_lettered: "bad",
  rejected: "warn",
  shed: "idle",
};
const outcomes = ["stored", "duplicate", "filtered", "dead_lettered", "rejected", "shed"] as const;

/** All of a range as one bar, by what became of it. */
export function OutcomesCard({ summary }: { readonly summary: LedgerSummary }) {
  return (
    <Card labelledBy="ledger-outcomes">
      <CardHeader id="ledger-outcomes" title={ledgerText.outcomes} />
      <CardBody>
        <ShareBar
          parts={outcomes.map((outcome) => ({
            id: outcome,
            value: summary.totals[outcome],
            tone: tones[outcome],
            label: ledgerText.outcome[outcome],
          }))}
        />
      </CardBody>
    </Card>
  );
}

/** Why messages did not end in the store, most frequent first. */
export function ReasonsCard({ reasons }: { readonly reasons: LedgerSummary["reasons"] }) {
  return (
    <Card labelledBy="ledger-reasons">
      <CardHeader id="ledger-reasons" title={ledgerText.reasons} />
      {reasons.length === 0 ? (
        <p className="px-3.5 py-8 text-center text-ink-2">{ledgerText.noReasons}</p>
      ) : (
        <Table aria-labelledby="ledger-reasons">
          <thead>
            <tr>
              <Th>{ledgerText.reason}</Th>
              <Th numeric>{ledgerText.count}</Th>
            </tr>
          </thead>
          <tbody>
            {reasons.map(({ outcome, reason, count }) => (
              <Tr key={`${outcome} ${reason}`}>
                <Td>
                  <Reason outcome={outcome} reason={reason} />
                </Td>
                <Td numeric>{formatCount(count)}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}

function Reason({ outcome, reason }: { readonly outcome: string; readonly reason: string }) {
  if (outcome !== "dead_lettered") {
    return reason === "relayed" ? ledgerText.relayed : wordsOfReason(reason).title;
  }
  return (
    <Link
      href={`/dead-letters/all?reason=${encodeURIComponent(reason)}`}
      className="text-accent hover:underline"
    >
      {wordsOfReason(reason).title}
    </Link>
  );
}

type Part = {
  readonly name: string;
  readonly received: number;
  readonly totals: LedgerSummary["totals"];
  readonly unaccounted: number;
};

/** The accounts of each part, busiest first. */
export function PartsCard({
  id,
  title,
  column,
  parts,
}: {
  readonly id: string;
  readonly title: string;
  readonly column: string;
  readonly parts: readonly Part[];
}) {
  return (
    <Card labelledBy={`ledger-${id}`}>
      <CardHeader id={`ledger-${id}`} title={title} />
      <Table aria-labelledby={`ledger-${id}`}>
        <thead>
          <tr>
            <Th>{column}</Th>
            <Th numeric>{ledgerText.received}</Th>
            <Th numeric className="max-sm:hidden">
              {ledgerText.deadLetters}
            </Th>
            <Th numeric>{ledgerText.unaccounted}</Th>
          </tr>
        </thead>
        <tbody>
          {parts.map((part) => (
            <Tr key={part.name}>
              <Td className="min-w-24 wrap-anywhere">{part.name}</Td>
              <Td numeric>{formatCount(part.received)}</Td>
              <Td numeric className="max-sm:hidden">
                {formatCount(part.totals.dead_lettered)}
              </Td>
              <Td numeric className={part.unaccounted === 0 ? "" : "font-semibold text-bad"}>
                {formatCount(part.unaccounted)}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
