"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { AcknowledgeDialog } from "#components/message/acknowledge-dialog.tsx";
import { differencesQuery } from "#components/message/ledger-queries.ts";
import { ledgerText } from "#components/strings/message.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { LedgerDifferenceView } from "#server/services/ledger/differences.ts";

/** The minutes that do not add up, or that none does not. */
export function DifferenceList({
  first,
  mayAcknowledge,
}: {
  readonly first: readonly LedgerDifferenceView[];
  readonly mayAcknowledge: boolean;
}) {
  const { data } = useQuery(differencesQuery(first));
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<LedgerDifferenceView | null>(null);
  return (
    <Card labelledBy="differences">
      <CardHeader
        id="differences"
        title={ledgerText.differences}
        aside={ledgerText.differencesAside}
      />
      {data.length === 0 ? (
        <p className="px-3.5 py-8 text-center text-ink-2">{ledgerText.noDifferences}</p>
      ) : (
        <Table aria-labelledby="differences">
          <thead>
            <tr>
              <Th className="max-sm:pr-1">{ledgerText.minute}</Th>
              <Th className="max-sm:hidden">{ledgerText.kind}</Th>
              <Th numeric className="max-sm:px-1">
                {ledgerText.difference}
              </Th>
              <Th className="max-sm:pl-2">{ledgerText.state}</Th>
            </tr>
          </thead>
          <tbody>
            {data.map((difference) => (
              <Row
                key={`${difference.minute} ${difference.kind}`}
                difference={difference}
                onAcknowledge={mayAcknowledge ? () => setChosen(difference) : undefined}
              />
            ))}
          </tbody>
        </Table>
      )}
      <AcknowledgeDialog
        difference={chosen}
        onClose={() => setChosen(null)}
        onDone={() => void queries.invalidateQueries({ queryKey: ["ledger", "differences"] })}
      />
    </Card>
  );
}

function Row({
  difference,
  onAcknowledge,
}: {
  readonly difference: LedgerDifferenceView;
  readonly onAcknowledge: (() => void) | undefined;
}) {
  const { minute, kind, acknowledged } = difference;
  return (
    <Tr>
      <Td className="max-sm:pr-1">
        <ExactTime value={minute} />
      </Td>
      <Td className="max-sm:hidden">{ledgerText.kinds[kind] ?? kind}</Td>
      <Td numeric className="max-sm:px-1">
        {formatCount(difference.difference)}
      </Td>
      <Td className="max-sm:pl-2">
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <State difference={difference} />
          {acknowledged === null ? (
            onAcknowledge !== undefined && (
              <Button size="sm" onClick={onAcknowledge}>
                {ledgerText.acknowledge}
              </Button>
            )
          ) : (
            <span className="text-ink-3 wrap-anywhere">
              {ledgerText.acknowledgedBy(acknowledged.by, acknowledged.note)}
            </span>
          )}
        </span>
      </Td>
    </Tr>
  );
}

function State({ difference }: { readonly difference: LedgerDifferenceView }) {
  if (difference.resolvedAt !== null) {
    return <StateBadge tone="ok">{ledgerText.resolved}</StateBadge>;
  }
  return difference.acknowledged === null ? (
    <StateBadge tone="bad">{ledgerText.open}</StateBadge>
  ) : (
    <StateBadge tone="idle">{ledgerText.acknowledged}</StateBadge>
  );
}
