"use client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { remove } from "#app/(console)/fleet/groups/actions.ts";
import { deviceHref } from "#components/device/device-href.ts";
import { fleetColumns } from "#components/device/fleet-columns.tsx";
import { fleetQuery } from "#components/device/fleet-queries.ts";
import { filterWords, type FilterNames } from "#components/group/filter-words.ts";
import { GroupDialog } from "#components/group/group-dialog.tsx";
import { groupHref, groupQuery, groupsKey } from "#components/group/group-queries.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { useChange } from "#components/people/use-change.ts";
import { fleetText } from "#components/strings/device.ts";
import { deviceGroupText as text } from "#components/strings/group.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues } from "#components/ui/key-values.tsx";
import { tablePaging } from "#components/ui/table-state.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import { useUnits } from "#components/units/units-provider.tsx";
import { usualColumns } from "#server/domain/fleet-columns.ts";
import { everyDevice, fleetViewToParams } from "#server/domain/fleet-filter.ts";
import type { DeviceList } from "#server/services/device/list.ts";
import type { GroupDetail } from "#server/services/group/show.ts";
import type { GroupUse } from "#server/services/group/uses.ts";

/** One dynamic group: what it is, what uses it, its members. */
export function DeviceGroupPage({
  first,
  members,
  names,
  mayManage,
}: {
  readonly first: GroupDetail;
  readonly members: DeviceList;
  readonly names: FilterNames;
  readonly mayManage: boolean;
}) {
  const { data: group } = useQuery(groupQuery(first));
  const [open, setOpen] = useState<"edit" | "remove">();
  const address = fleetViewToParams({ filter: group.filter, sort: "name" }).toString();
  return (
    <>
      <PageHeader
        breadcrumb={[{ label: text.title, href: "/fleet/groups" }]}
        title={group.name}
        subtitle={text.devices(formatCount(group.members))}
        actions={
          <>
            <ButtonLink href={`/devices?group=${group.id}`}>{text.openTable}</ButtonLink>
            {mayManage && (
              <>
                <Button onClick={() => setOpen("edit")}>{text.edit}</Button>
                <Button variant="danger" onClick={() => setOpen("remove")}>
                  {text.remove}
                </Button>
              </>
            )}
          </>
        }
      />
      <Definition group={group} names={names} address={address} />
      <Members group={group} first={members} />
      {open === "edit" && (
        <GroupDialog filter={group.filter} group={group} onClose={() => setOpen(undefined)} />
      )}
      <RemoveDialog group={group} open={open === "remove"} onClose={() => setOpen(undefined)} />
    </>
  );
}

function Definition({
  group,
  names,
  address,
}: {
  readonly group: GroupDetail;
  readonly names: FilterNames;
  readonly address: string;
}) {
  const unknown = group.unknown.map(({ kind, name }) => `${fleetText.unknownKinds[kind]} ${name}`);
  return (
    <Card labelledBy="definition">
      <CardHeader
        id="definition"
        title={text.definition}
        aside={
          <Link href={`/devices?${address}`} className="text-accent hover:underline">
            {text.editFilter}
          </Link>
        }
      />
      <CardBody>
        {unknown.length > 0 && (
          <p role="alert" className="mb-3 text-bad">
            {text.unknown(unknown.join(", "))}
          </p>
        )}
        <KeyValues
          items={[
            ...(group.description === ""
              ? []
              : [{ key: "description", label: text.description, value: group.description }]),
            ...(group.filter.query === ""
              ? []
              : [{ key: "query", label: text.query, value: group.filter.query, mono: true }]),
            ...filterWords(group.filter, names).map((words) => ({
              key: words,
              label: text.filter,
              value: words,
            })),
            {
              key: "changed",
              label: text.changed,
              value: (
                <>
                  <RelativeTime value={group.changedAt} />{" "}
                  {text.by(group.changedBy === "" ? group.createdBy : group.changedBy)}
                </>
              ),
            },
            { key: "uses", label: text.usedBy, value: <Uses uses={group.uses} /> },
          ]}
        />
      </CardBody>
    </Card>
  );
}

function Uses({ uses }: { readonly uses: readonly GroupUse[] }) {
  if (uses.length === 0) return text.unused;
  return (
    <ul>
      {uses.map((use) => (
        <li key={use.id}>
          {text.kinds[use.kind]}{" "}
          {use.kind === "group" ? (
            <Link href={groupHref(use.id)} className="text-accent hover:underline">
              {use.name}
            </Link>
          ) : (
            (use.name ?? text.privateUse)
          )}
        </li>
      ))}
    </ul>
  );
}

function Members({ group, first }: { readonly group: GroupDetail; readonly first: DeviceList }) {
  const filter = { ...everyDevice.filter, groupIds: [group.id] };
  const units = useUnits();
  const list = useInfiniteQuery(fleetQuery({ filter, sort: "name", columns: usualColumns }, first));
  const devices = list.data?.pages.flatMap((page) => page.devices) ?? [];
  return (
    <section aria-label={text.members} className="mt-5">
      <DataTable
        label={text.members}
        columns={fleetColumns(usualColumns, {
          units,
          metricUnits: new Map(),
          isFolded: devices.some(({ foldedUnder }) => foldedUnder !== null),
        }).map((column) => ({ ...column, sortable: false }))}
        rows={devices}
        rowId={(device) => device.id}
        rowName={(device) => device.name}
        rowHref={deviceHref}
        empty={<EmptyState title={fleetText.nothingTitle}>{fleetText.nothingText}</EmptyState>}
        {...tablePaging(list, { count: group.members, more: false })}
      />
    </section>
  );
}

function RemoveDialog({
  group,
  open,
  onClose,
}: {
  readonly group: GroupDetail;
  readonly open: boolean;
  readonly onClose: () => void;
}) {
  const router = useRouter();
  const queries = useQueryClient();
  const { busy, change } = useChange(remove, ({ name }) => ({ title: text.removedToast(name) }));
  async function confirm() {
    if (!(await change({ groupId: group.id }))) return;
    await queries.invalidateQueries({ queryKey: groupsKey });
    router.push("/fleet/groups");
  }
  return (
    <DangerDialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={text.removeTitle(group.name)}
      description={text.removeText}
      blastRadius={[
        { key: "members", label: text.members, value: formatCount(group.members) },
        { key: "uses", label: text.usedBy, value: <Uses uses={group.uses} /> },
      ]}
      confirmLabel={text.removeConfirm}
      busy={busy}
      onConfirm={() => void confirm()}
    />
  );
}
