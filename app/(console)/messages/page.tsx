import type { Metadata } from "next";
import { LedgerView } from "#components/message/ledger-view.tsx";
import { messageText } from "#components/strings/message.ts";
import { ledgerRange, ledgerRangeKey } from "#server/domain/ledger-range.ts";
import { may } from "#server/domain/roles.ts";
import { listLedgerDifferences } from "#server/services/ledger/differences.ts";
import { ledgerSummary } from "#server/services/ledger/summary.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: messageText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function LedgerPage({ searchParams }: Props) {
  const ctx = await requireSession();
  const key = ledgerRangeKey([(await searchParams)["range"]].flat()[0]);
  const { from, to, steps } = ledgerRange(key, ctx.now().getTime());
  const summary = await ledgerSummary(ctx, { from: new Date(from), to: new Date(to), steps });
  const differences = await listLedgerDifferences(ctx, {});
  return (
    <LedgerView
      first={{ key, from, summary, differences }}
      mayAcknowledge={may(ctx.role, "ledger.acknowledge")}
      maySeeDeadLetters={may(ctx.role, "deadLetter.view")}
    />
  );
}
