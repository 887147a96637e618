import type { Metadata } from "next";
import { deadLetterFilterFrom, deadLetterFilterAddress } from "#components/dead-letter/filter.ts";
import { DeadLetterList } from "#components/dead-letter/dead-letter-list.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { deadLetterText } from "#components/strings/dead-letter.ts";
import { may } from "#server/domain/roles.ts";
import { listDeadLetters } from "#server/services/dead-letter/list.ts";
import { ledgerSummary } from "#server/services/ledger/summary.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: deadLetterText.allTitle };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

const weekMs = 7 * 86_400_000;

export default async function AllDeadLettersPage({ searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "deadLetter.view")) return <NoPermission />;
  const search = await searchParams;
  const filter = deadLetterFilterFrom((key) => [search[key]].flat()[0]);
  const now = ctx.now().getTime();
  const first = await listDeadLetters(ctx, deadLetterFilterAddress(filter));
  const { reasons } = await ledgerSummary(ctx, { from: now - weekMs, to: now + 60_000 });
  const causes = reasons.filter(({ outcome }) => outcome === "dead_lettered");
  return <DeadLetterList filter={filter} first={first} causes={causes} />;
}
