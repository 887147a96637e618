"use client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { attachTo } from "#app/(console)/onboard/gateway/actions.ts";
import { deviceHref } from "#components/device/device-href.ts";
import { deviceQuery } from "#components/device/device-queries.ts";
import { PresenceBadge } from "#components/device/presence-badge.tsx";
import { childrenQuery } from "#components/gateway/gateway-queries.ts";
import { useChange } from "#components/people/use-change.ts";
import { gatewayText } from "#components/strings/gateway.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { ChildPolicy } from "#server/domain/child-policy.ts";
import { presenceNames, presences } from "#server/domain/presence.ts";
import type { DeviceDetail } from "#server/services/device/show.ts";
import type { DeviceSummary } from "#server/services/device/summary.ts";

/** The devices behind a gateway; nothing for a device that is none. */
export function ChildrenCard({
  first,
  mayManage,
}: {
  readonly first: DeviceDetail;
  readonly mayManage: boolean;
}) {
  const { data: device } = useQuery({ ...deviceQuery(first.deviceId), initialData: first });
  if (device.childCount === 0 && device.childPolicy === null) return null;
  const mayChange = mayManage && device.state !== "decommissioned";
  return (
    <Card labelledBy="children" className="mt-4">
      <CardHeader
        id="children"
        title={gatewayText.cardTitle}
        aside={
          <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
            {gatewayText.cardCount(formatCount(device.childCount))}
            {mayChange && (
              <ButtonLink size="sm" href={`/onboard/gateway?gateway=${device.deviceId}`}>
                {gatewayText.cardAdd}
              </ButtonLink>
            )}
          </span>
        }
      />
      <Counts device={device} />
      <ChildRows gateway={device} mayDetach={mayChange} />
    </Card>
  );
}

function Counts({ device }: { readonly device: DeviceDetail }) {
  return (
    <p className="flex flex-wrap gap-x-5 gap-y-1 px-3.5 pt-3 text-ink-2">
      {presences.map((presence) => {
        const count = device.childrenByPresence[presence] ?? 0;
        if (count === 0) return null;
        return (
          <Link
            key={presence}
            href={`/devices?gateway=${device.id}&presence=${presence}`}
            className="hover:text-ink hover:underline"
          >
            <span className="font-medium text-ink">{formatCount(count)}</span>{" "}
            {presenceNames[presence].toLowerCase()}
          </Link>
        );
      })}
      <span>
        {gatewayText.cardPolicy}: {policyWords(device.childPolicy)}
      </span>
    </p>
  );
}

function policyWords(policy: ChildPolicy | null): string {
  if (policy === null || policy.mode === "refuse") return gatewayText.policyRefuse;
  return gatewayText.policyRegister(formatCount(policy.maxChildren), policy.quarantine);
}

function ChildRows({
  gateway,
  mayDetach,
}: {
  readonly gateway: DeviceDetail;
  readonly mayDetach: boolean;
}) {
  const list = useInfiniteQuery(childrenQuery(gateway.deviceId));
  if (list.isError) {
    return (
      <ErrorState title={gatewayText.cardFailed} onRetry={() => void list.refetch()}>
        {list.error.message}
      </ErrorState>
    );
  }
  const children = list.data?.pages.flatMap((page) => page.children) ?? [];
  if (list.isSuccess && children.length === 0) {
    return <p className="px-3.5 py-3 text-ink-3">{gatewayText.cardEmpty}</p>;
  }
  return (
    <>
      <Table aria-labelledby="children">
        <thead>
          <tr>
            <Th>{gatewayText.columnDevice}</Th>
            <Th>{gatewayText.columnPresence}</Th>
            <Th className="max-sm:hidden">{gatewayText.columnContact}</Th>
            {mayDetach && (
              <Th>
                <span className="sr-only">{gatewayText.columnAction}</span>
              </Th>
            )}
          </tr>
        </thead>
        <tbody>
          {children.map((child) => (
            <ChildRow key={child.id} child={child} gateway={gateway} mayDetach={mayDetach} />
          ))}
        </tbody>
      </Table>
      <div className="flex flex-wrap gap-2 px-3.5 py-3">
        {list.hasNextPage && (
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {gatewayText.cardMore}
          </Button>
        )}
        <ButtonLink variant="ghost" href={`/devices?gateway=${gateway.id}`}>
          {gatewayText.cardAll}
        </ButtonLink>
      </div>
    </>
  );
}

function ChildRow({
  child,
  gateway,
  mayDetach,
}: {
  readonly child: DeviceSummary;
  readonly gateway: DeviceDetail;
  readonly mayDetach: boolean;
}) {
  const queries = useQueryClient();
  const { busy, change } = useChange(attachTo, () => ({ title: gatewayText.detached(child.name) }));
  async function detach() {
    if (!(await change({ deviceId: child.deviceId, gateway: null }))) return;
    await queries.invalidateQueries({ queryKey: ["device", gateway.deviceId] });
  }
  return (
    <Tr>
      <Td>
        <Link href={deviceHref(child)} className="font-medium hover:underline">
          {child.name}
        </Link>
        <span className="block font-mono text-xs wrap-anywhere text-ink-3">{child.deviceId}</span>
      </Td>
      <Td>
        <PresenceBadge presence={child.presence} />
      </Td>
      <Td className="max-sm:hidden">
        <RelativeTime value={child.lastContactAt} fallback={gatewayText.never} />
      </Td>
      {mayDetach && (
        <Td className="text-right">
          <Button
            size="sm"
            busy={busy}
            aria-label={gatewayText.detachName(child.name)}
            onClick={() => void detach()}
          >
            {gatewayText.detach}
          </Button>
        </Td>
      )}
    </Tr>
  );
}
