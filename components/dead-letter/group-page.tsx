"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { causeName } from "#components/dead-letter/cause.ts";
import { deadLetterQuery } from "#components/dead-letter/dead-letter-queries.ts";
import { GroupActions } from "#components/dead-letter/group-actions.tsx";
import { GroupCounts } from "#components/dead-letter/group-counts.tsx";
import {
  groupHref,
  groupQuery,
  groupRunsQuery,
  isUnderWay,
} from "#components/dead-letter/group-queries.ts";
import { GroupWhere } from "#components/dead-letter/group-where.tsx";
import { MessageCard } from "#components/dead-letter/message-card.tsx";
import { OneRun } from "#components/dead-letter/one-run.tsx";
import { Remedies } from "#components/dead-letter/remedies.tsx";
import { RunHistory } from "#components/dead-letter/run-history.tsx";
import { RunProgress } from "#components/dead-letter/run-progress.tsx";
import { useChosenLetter } from "#components/dead-letter/use-chosen-letter.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { useShell } from "#components/layout/shell-context.ts";
import { deadLetterText, wordsOfReason } from "#components/strings/dead-letter.ts";
import { workbenchText } from "#components/strings/workbench.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { formatCount } from "#components/ui/format.ts";
import { may } from "#server/domain/roles.ts";
import type { DeadLetterGroupDetail } from "#server/services/dead-letter/show-group.ts";

/** One cause: how many and whose, one message with its difference, the remedies, what was run. */
export function GroupPage({ first }: { readonly first: DeadLetterGroupDetail }) {
  const router = useRouter();
  const oneRun = useSearchParams().get("run");
  const mayManage = may(useShell().user.role, "deadLetter.manage");
  const { data: group } = useQuery(groupQuery(first));
  const { data: runs } = useQuery(groupRunsQuery(first));
  const letters = useChosenLetter(group);
  const letter = useQuery({
    ...deadLetterQuery(letters.chosen ?? ""),
    enabled: letters.chosen !== undefined,
  });
  return (
    <>
      <GroupHead group={group} />
      {oneRun !== null && <OneRun id={oneRun} mayManage={mayManage} />}
      {runs.filter(isUnderWay).map((run) => (
        <RunProgress key={run.id} run={run} mayManage={mayManage} />
      ))}
      <GroupCounts group={group} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <MessageCard letters={letters} letter={letter} />
        <div className="flex min-w-0 flex-col gap-4">
          <Remedies
            group={group}
            letterId={letters.chosen}
            suggestions={letter.data?.difference?.suggestions ?? []}
            onOneStarted={(id) =>
              router.replace(`${groupHref(group)}?run=${id}`, { scroll: false })
            }
          />
          <RunHistory runs={runs.filter((run) => !isUnderWay(run))} />
          <GroupWhere group={group} />
        </div>
      </div>
    </>
  );
}

function GroupHead({ group }: { readonly group: DeadLetterGroupDetail }) {
  const name = causeName(group);
  const { remedy } = wordsOfReason(group.reason);
  return (
    <>
      <PageHeader
        breadcrumb={[{ label: deadLetterText.title, href: "/dead-letters" }, { label: name }]}
        title={name}
        badge={
          group.open > 0 ? (
            <StateBadge tone="bad">{workbenchText.openBadge(formatCount(group.open))}</StateBadge>
          ) : (
            <StateBadge tone="ok">{workbenchText.settledBadge}</StateBadge>
          )
        }
        subtitle={
          <p className="max-w-4xl wrap-anywhere">
            {group.detail} <span className="text-ink-3">{remedy}</span>
          </p>
        }
        actions={<GroupActions group={group} />}
      />
    </>
  );
}
