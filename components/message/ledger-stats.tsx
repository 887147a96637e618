import { ledgerText } from "#components/strings/message.ts";
import { formatCount, formatNumber } from "#components/ui/format.ts";
import { Stat } from "#components/ui/stat.tsx";
import { ledgerRanges, type LedgerRangeKey } from "#server/domain/ledger-range.ts";
import type { LedgerSummary } from "#server/services/ledger/summary.ts";

/** The four numbers of a range: received, stored, not stored, unaccounted. */
export function LedgerStats({
  rangeKey,
  summary,
}: {
  readonly rangeKey: LedgerRangeKey;
  readonly summary: LedgerSummary;
}) {
  const { received, totals, unaccounted } = summary;
  const refused = totals.dead_lettered + totals.rejected + totals.shed;
  return (
    <div className="grid grid-cols-2 gap-3.5 lg:grid-cols-4">
      <Stat
        label={ledgerText.received}
        value={formatCount(received)}
        note={rateNote(received, ledgerRanges[rangeKey].minutes)}
        testId="received"
      />
      <Stat
        label={ledgerText.stored}
        value={formatCount(totals.stored)}
        note={ledgerText.share(percent(totals.stored, received))}
        testId="stored"
      />
      <Stat
        label={ledgerText.refused}
        value={formatCount(refused)}
        note={ledgerText.refusedNote}
        testId="refused"
      />
      <Stat
        label={ledgerText.unaccounted}
        hint={ledgerText.unaccountedMeaning}
        value={formatCount(unaccounted)}
        tone={unaccounted === 0 ? "plain" : "bad"}
        note={unaccounted === 0 ? ledgerText.balanced : ledgerText.unbalanced}
        testId="unaccounted"
      />
    </div>
  );
}

/** Per second; of a few messages a day nobody wants to read five zeros. */
function rateNote(received: number, minutes: number): string {
  const perSecond = received / (minutes * 60);
  return received > 0 && perSecond < 0.01
    ? ledgerText.receivedSeldom
    : ledgerText.receivedNote(formatNumber(perSecond, 3));
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "0 %" : `${formatNumber((part / whole) * 100, 4)} %`;
}
