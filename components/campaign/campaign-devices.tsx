"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { campaignDevicesQuery } from "#components/campaign/campaign-queries.ts";
import { deviceTones, stateNamed } from "#components/campaign/campaign-state.ts";
import { campaignPageText, campaignText } from "#components/strings/campaign.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { campaignDeviceStates, type CampaignDeviceState } from "#server/domain/campaign.ts";
import type { CampaignDeviceView, CampaignView } from "#server/services/campaign/view.ts";

/** The devices of a campaign, those of one state or all, with what is known of each. */
export function CampaignDevices({ campaign }: { readonly campaign: CampaignView }) {
  const [state, setState] = useState<CampaignDeviceState>();
  const options = [
    { value: "", label: `${campaignPageText.everyState} (${formatCount(campaign.total)})` },
    ...campaignDeviceStates.map((each) => ({
      value: each,
      label: `${campaignText.deviceStates[each]} (${formatCount(campaign.counts[each])})`,
    })),
  ];
  return (
    <Card labelledBy="devices">
      <CardHeader
        id="devices"
        title={campaignPageText.devices}
        aside={
          <Select
            aria-label={campaignPageText.filter}
            value={state ?? ""}
            options={options}
            onChange={({ currentTarget }) => setState(stateNamed(currentTarget.value))}
          />
        }
      />
      <Rows campaign={campaign} state={state} />
    </Card>
  );
}

function Rows({
  campaign,
  state,
}: {
  readonly campaign: CampaignView;
  readonly state: CampaignDeviceState | undefined;
}) {
  const isRunning = campaign.state === "running";
  const query = useInfiniteQuery(campaignDevicesQuery(campaign.id, { state, isRunning }));
  if (query.isPending) {
    return (
      <CardBody>
        <Skeleton className="h-24" />
      </CardBody>
    );
  }
  if (query.isError) {
    return (
      <ErrorState title={campaignPageText.rowsFailed} onRetry={() => void query.refetch()}>
        {query.error.message}
      </ErrorState>
    );
  }
  const devices = query.data.pages.flatMap((page) => page.devices);
  if (devices.length === 0) {
    return <EmptyState title={campaignPageText.noneTitle}>{campaignPageText.noneText}</EmptyState>;
  }
  return (
    <>
      <DeviceTable devices={devices} />
      {query.hasNextPage && (
        <CardBody>
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {campaignPageText.more}
          </Button>
        </CardBody>
      )}
    </>
  );
}

function DeviceTable({ devices }: { readonly devices: readonly CampaignDeviceView[] }) {
  return (
    <Table>
      <thead>
        <Tr>
          <Th>{campaignPageText.device}</Th>
          <Th className="max-md:hidden">{campaignPageText.state}</Th>
          <Th numeric className="max-md:hidden">
            {campaignPageText.wave}
          </Th>
          <Th className="max-sm:hidden">{campaignPageText.why}</Th>
        </Tr>
      </thead>
      <tbody>
        {devices.map((device) => (
          <DeviceRow key={device.deviceId} device={device} />
        ))}
      </tbody>
    </Table>
  );
}

function DeviceRow({ device }: { readonly device: CampaignDeviceView }) {
  const { deviceId, name, state, wave } = device;
  const badge = (
    <StateBadge tone={deviceTones[state]}>{campaignText.deviceStates[state]}</StateBadge>
  );
  return (
    <Tr className="align-top">
      <Td>
        <Link
          href={`/devices/${encodeURIComponent(deviceId)}`}
          className="font-medium wrap-anywhere text-accent hover:underline"
        >
          {name}
        </Link>
        {name !== deviceId && (
          <p className="font-mono text-sm wrap-anywhere text-ink-3">{deviceId}</p>
        )}
        <div className="mt-1 md:hidden">{badge}</div>
        <div className="mt-1 sm:hidden">
          <Known device={device} />
        </div>
      </Td>
      <Td className="max-md:hidden">{badge}</Td>
      <Td numeric className="text-ink-2 max-md:hidden">
        {wave}
      </Td>
      <Td className="max-sm:hidden">
        <Known device={device} />
      </Td>
    </Tr>
  );
}

/** Why it stands as it does, and what to do about it. */
function Known({ device }: { readonly device: CampaignDeviceView }) {
  const { detail, problem, asks, newCertificateId } = device;
  return (
    <div className="max-w-prose">
      {detail !== "" && <p className="wrap-anywhere">{detail}</p>}
      {problem !== null && (
        <>
          <p className="wrap-anywhere">{problem.problem}</p>
          <p className="wrap-anywhere text-ink-3">{problem.remedy}</p>
        </>
      )}
      <p className="text-ink-3">
        {asks > 0 && campaignPageText.asked(asks)}
        {asks > 0 && newCertificateId !== null && " · "}
        {newCertificateId !== null && (
          <Link
            href={`/certificates/${encodeURIComponent(newCertificateId)}`}
            className="text-accent hover:underline"
          >
            {campaignPageText.newCertificate}
          </Link>
        )}
      </p>
    </div>
  );
}
