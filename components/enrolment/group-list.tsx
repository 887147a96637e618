"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { groupHref, groupsQuery, requestsHref } from "#components/enrolment/enrolment-queries.ts";
import type { GroupSummary } from "#components/enrolment/views.ts";
import { enrolmentText, kindText } from "#components/strings/enrolment.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";

/** The groups by which devices enrol themselves, and the button that makes one. */
export function GroupList({
  first,
  mayManage,
}: {
  readonly first: readonly GroupSummary[];
  readonly mayManage: boolean;
}) {
  const { data: groups, error, refetch } = useQuery(groupsQuery(first));
  const create = mayManage && (
    <ButtonLink href="/onboard/groups/new" variant="primary">
      {enrolmentText.create}
    </ButtonLink>
  );
  return (
    <Card labelledBy="groups">
      <CardHeader id="groups" title={enrolmentText.title} aside={create} />
      <p className="max-w-3xl px-3.5 pt-3 pb-2 text-ink-2">
        {enrolmentText.intro}{" "}
        <Link href="/docs/enrolment" className="text-accent underline">
          {enrolmentText.guide}
        </Link>
      </p>
      {error !== null && (
        <ErrorState title={enrolmentText.listFailed} onRetry={() => void refetch()}>
          {error.message}
        </ErrorState>
      )}
      {groups.length === 0 ? (
        <EmptyState title={enrolmentText.emptyTitle}>
          {mayManage ? enrolmentText.emptyText : enrolmentText.emptyTextReader}
        </EmptyState>
      ) : (
        <Groups groups={groups} />
      )}
    </Card>
  );
}

function Groups({ groups }: { readonly groups: readonly GroupSummary[] }) {
  return (
    <Table aria-labelledby="groups">
      <thead>
        <Tr>
          <Th>{enrolmentText.columnName}</Th>
          <Th className="max-md:hidden">{enrolmentText.columnKind}</Th>
          <Th className="max-lg:hidden">{enrolmentText.columnProfile}</Th>
          <Th numeric>{enrolmentText.columnDevices}</Th>
          <Th numeric className="max-sm:hidden">
            {enrolmentText.columnWaiting}
          </Th>
          <Th>{enrolmentText.columnState}</Th>
        </Tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <Tr key={group.id}>
            <Td>
              <Link
                href={groupHref(group)}
                className="font-medium wrap-anywhere text-ink hover:underline"
              >
                {group.name}
              </Link>
              <p className="text-sm text-ink-3 md:hidden">{kindText[group.kind].name}</p>
            </Td>
            <Td className="max-md:hidden">{kindText[group.kind].name}</Td>
            <Td className="wrap-anywhere max-lg:hidden">{group.profileName}</Td>
            <Td numeric>
              {group.maxDevices === null
                ? formatCount(group.enrolled)
                : enrolmentText.ofLimit(formatCount(group.enrolled), formatCount(group.maxDevices))}
            </Td>
            <Td numeric className="max-sm:hidden">
              <Waiting group={group} />
            </Td>
            <Td>
              <GroupState enabled={group.enabled} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function Waiting({ group }: { readonly group: GroupSummary }) {
  if (group.pending === 0) return <span className="text-ink-3">0</span>;
  return (
    <Link
      href={requestsHref({ state: "pending", groupId: group.id })}
      aria-label={enrolmentText.waitingLabel(group.name)}
      className="font-medium text-accent hover:underline"
    >
      {formatCount(group.pending)}
    </Link>
  );
}

/** Whether the group takes devices. */
export function GroupState({ enabled }: { readonly enabled: boolean }) {
  return (
    <StateBadge tone={enabled ? "ok" : "warn"}>
      {enabled ? enrolmentText.enabled : enrolmentText.disabled}
    </StateBadge>
  );
}
