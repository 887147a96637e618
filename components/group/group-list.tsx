"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { FleetTabs } from "#components/device/fleet-tabs.tsx";
import { filterWords, type FilterNames } from "#components/group/filter-words.ts";
import { groupHref, groupsQuery } from "#components/group/group-queries.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { deviceGroupText as text } from "#components/strings/group.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { GroupListed } from "#server/services/group/list.ts";

/** The dynamic groups of the organisation. */
export function DeviceGroupList({
  first,
  profiles,
  mayManage,
}: {
  readonly first: readonly GroupListed[];
  readonly profiles: FilterNames["profiles"];
  readonly mayManage: boolean;
}) {
  const { data: groups, error, refetch } = useQuery(groupsQuery(first));
  return (
    <>
      <PageHeader title={text.title} subtitle={text.subtitle} />
      <FleetTabs />
      <div className="rounded border border-line bg-surface">
        {error !== null && (
          <ErrorState title={text.listFailed} onRetry={() => void refetch()}>
            {error.message}
          </ErrorState>
        )}
        {groups.length === 0 ? (
          <EmptyState
            title={text.emptyTitle}
            action={<ButtonLink href="/devices">{text.toTable}</ButtonLink>}
          >
            {mayManage ? text.emptyText : text.emptyTextReader}
          </EmptyState>
        ) : (
          <Groups groups={groups} names={{ profiles, groups }} />
        )}
      </div>
    </>
  );
}

function Groups({
  groups,
  names,
}: {
  readonly groups: readonly GroupListed[];
  readonly names: FilterNames;
}) {
  return (
    <Table aria-label={text.title}>
      <thead>
        <Tr>
          <Th>{text.columnName}</Th>
          <Th numeric>{text.columnMembers}</Th>
          <Th className="max-md:hidden">{text.columnDefinition}</Th>
          <Th className="max-lg:hidden">{text.columnChanged}</Th>
        </Tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <Tr key={group.id}>
            <Td>
              <Link href={groupHref(group.id)} className="font-medium text-ink hover:underline">
                {group.name}
              </Link>
              {group.description !== "" && (
                <span className="block truncate text-sm text-ink-3">{group.description}</span>
              )}
            </Td>
            <Td numeric>{memberWords(group.members)}</Td>
            <Td className="max-md:hidden">
              <span className="font-mono text-sm break-words">{group.filter.query}</span>{" "}
              {filterWords(group.filter, names).join("; ")}
            </Td>
            <Td className="max-lg:hidden">
              <RelativeTime value={group.changedAt} />{" "}
              {text.by(group.changedBy === "" ? group.createdBy : group.changedBy)}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function memberWords(members: GroupListed["members"]): string {
  if (members === null) return text.counting;
  const count = formatCount(members.count);
  return members.more ? text.moreThan(count) : count;
}
