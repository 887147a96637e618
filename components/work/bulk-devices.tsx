"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { bulkPageText as text, workText } from "#components/strings/work.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { bulkDevicesQuery, isOpen } from "#components/work/work-queries.ts";
import { deviceStateTones } from "#components/work/work-words.ts";
import { bulkDeviceStates, type BulkDeviceState } from "#server/domain/bulk-action.ts";
import type { BulkDeviceView, BulkJobDetail } from "#server/services/bulk/view.ts";

/** The devices of a bulk change, those of one state or all, with what became of each. */
export function BulkDevices({ job }: { readonly job: BulkJobDetail }) {
  // Whoever opens it after something failed wants to see that first.
  const [state, setState] = useState<BulkDeviceState | undefined>(
    job.counts.failed > 0 && !isOpen(job) ? "failed" : undefined,
  );
  const options = [
    { value: "", label: `${text.all} (${formatCount(job.total)})` },
    ...bulkDeviceStates.map((each) => ({
      value: each,
      label: `${wordOf(each, isOpen(job))} (${formatCount(job.counts[each])})`,
    })),
  ];
  return (
    <Card labelledBy="devices">
      <CardHeader
        id="devices"
        title={text.results}
        aside={
          <Select
            aria-label={text.filter}
            value={state ?? ""}
            options={options}
            onChange={({ currentTarget }) =>
              setState(bulkDeviceStates.find((each) => each === currentTarget.value))
            }
          />
        }
      />
      <Rows job={job} state={state} />
    </Card>
  );
}

const wordOf = (state: BulkDeviceState, open: boolean) =>
  state === "waiting" && !open ? text.notReached : workText.deviceStates[state];

function Rows({
  job,
  state,
}: {
  readonly job: BulkJobDetail;
  readonly state: BulkDeviceState | undefined;
}) {
  const open = isOpen(job);
  const query = useInfiniteQuery(bulkDevicesQuery(job.id, { state, isOpen: open }));
  if (query.isPending) {
    return (
      <CardBody>
        <Skeleton className="h-24" />
      </CardBody>
    );
  }
  if (query.isError) {
    return (
      <ErrorState title={text.rowsFailed} onRetry={() => void query.refetch()}>
        {query.error.message}
      </ErrorState>
    );
  }
  const devices = query.data.pages.flatMap((page) => page.devices);
  if (devices.length === 0) {
    return <EmptyState title={text.noneTitle}>{text.noneText}</EmptyState>;
  }
  return (
    <>
      <Table>
        <thead>
          <Tr>
            <Th>{text.device}</Th>
            <Th className="max-md:hidden">{text.state}</Th>
            <Th className="max-sm:hidden">{text.detail}</Th>
            <Th className="max-md:hidden">{text.when}</Th>
          </Tr>
        </thead>
        <tbody>
          {devices.map((device) => (
            <DeviceRow key={device.id} device={device} open={open} />
          ))}
        </tbody>
      </Table>
      {query.hasNextPage && (
        <CardBody>
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {workText.more}
          </Button>
        </CardBody>
      )}
    </>
  );
}

function DeviceRow({ device, open }: { readonly device: BulkDeviceView; readonly open: boolean }) {
  const { state, detail, finishedAt } = device;
  const badge = <StateBadge tone={deviceStateTones[state]}>{wordOf(state, open)}</StateBadge>;
  return (
    <Tr className="align-top">
      <Td>
        <DeviceName device={device} />
        <div className="mt-1 md:hidden">{badge}</div>
        {detail !== "" && <p className="mt-1 wrap-anywhere sm:hidden">{detail}</p>}
      </Td>
      <Td className="max-md:hidden">{badge}</Td>
      <Td className="wrap-anywhere text-ink-2 max-sm:hidden">{detail}</Td>
      <Td className="whitespace-nowrap text-ink-2 max-md:hidden">
        {finishedAt !== null && <RelativeTime value={finishedAt} />}
      </Td>
    </Tr>
  );
}

function DeviceName({ device: { id, deviceId, name } }: { readonly device: BulkDeviceView }) {
  if (deviceId === null || name === null) {
    return (
      <>
        <span className="text-ink-2">{text.gone}</span>
        <p className="font-mono text-sm wrap-anywhere text-ink-3">{id}</p>
      </>
    );
  }
  return (
    <>
      <Link
        href={`/devices/${encodeURIComponent(deviceId)}`}
        prefetch={false}
        className="font-medium wrap-anywhere text-accent hover:underline"
      >
        {name}
      </Link>
      {name !== deviceId && (
        <p className="font-mono text-sm wrap-anywhere text-ink-3">{deviceId}</p>
      )}
    </>
  );
}
