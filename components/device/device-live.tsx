"use client";
import type { ReactNode } from "react";
import { ChartCard } from "#components/device/chart-card.tsx";
import { IdentityCard } from "#components/device/identity-card.tsx";
import { MessagesCard } from "#components/device/messages-card.tsx";
import { NowCard } from "#components/device/now-card.tsx";
import { storedMessage } from "#components/device/stored-messages.ts";
import type { RangeKey } from "#components/device/telemetry-queries.ts";
import { useDeviceFeed } from "#components/device/use-device-feed.ts";
import type { DeviceDetail } from "#server/services/device/show.ts";
import type { LatestTelemetry } from "#server/services/telemetry/latest.ts";
import type { TailMessage } from "#server/services/telemetry/messages.ts";

/** What a device says, now and lately. */
export function DeviceLive({
  device,
  latest,
  tail,
  startRange,
  mayManage,
  aside,
}: {
  readonly device: DeviceDetail;
  readonly latest: LatestTelemetry;
  readonly tail: readonly TailMessage[];
  readonly startRange: RangeKey;
  readonly mayManage: boolean;
  /** What belongs to the device beside that. */
  readonly aside: ReactNode;
}) {
  const feed = useDeviceFeed(device, {
    latest: Object.fromEntries(
      latest.fields.map(({ name, value, at }) => [name, { v: value, t: at }]),
    ),
    messages: tail.map(storedMessage),
  });
  const units = Object.fromEntries(
    latest.fields.flatMap(({ name, unit }) => (unit === null ? [] : [[name, unit]])),
  );
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20.5rem]">
      <div className="contents min-w-0 flex-col gap-4 lg:flex">
        <div className="min-w-0 max-lg:order-2">
          <ChartCard device={device} feed={feed} units={units} startRange={startRange} />
        </div>
        <div className="min-w-0 max-lg:order-3">
          <MessagesCard
            deviceId={device.deviceId}
            messages={feed.messages}
            dropped={feed.dropped}
          />
        </div>
      </div>
      <div className="contents min-w-0 flex-col gap-4 lg:flex">
        <div className="min-w-0 max-lg:order-1">
          <NowCard latest={feed.latest} units={units} />
        </div>
        <div className="min-w-0 max-lg:order-4">
          <IdentityCard first={device} mayManage={mayManage} />
        </div>
        <div className="min-w-0 max-lg:order-5">{aside}</div>
      </div>
    </div>
  );
}
