"use client";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { deviceQuery, refusalsQuery } from "#components/device/device-queries.ts";
import { useLive } from "#components/layout/live-provider.tsx";
import { readJson } from "#components/layout/read-json.ts";
import {
  hearFrame,
  moreTelling,
  nothingYet,
  type Arrival,
  type OnboardedDevice,
} from "#components/onboard/arrival.ts";
import type { LiveRefusal } from "#server/domain/live.ts";
import type { Refusal } from "#server/services/device/refusals.ts";
import type { DeviceDetail } from "#server/services/device/show.ts";
import type { LatestTelemetry } from "#server/services/telemetry/latest.ts";

const lookMs = 3_000;
/** A refusal of shortly before the wizard looked is worth showing too. */
const graceMs = 120_000;

function unknownRefusalsQuery() {
  return queryOptions({
    queryKey: ["refusals", "unknown"],
    queryFn: ({ signal }) => readJson<readonly Refusal[]>("/api/console/refusals/unknown", signal),
    refetchInterval: lookMs,
  });
}

function latestQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId, "latest"],
    queryFn: ({ signal }) =>
      readJson<LatestTelemetry>(
        `/api/console/devices/${encodeURIComponent(deviceId)}/latest`,
        signal,
      ),
    refetchInterval: ({ state }) => (state.data?.receivedAt == null ? lookMs : false),
  });
}

function asLive(refusal: Refusal, deviceKey: string | null): LiveRefusal {
  return { ...refusal, at: Date.parse(refusal.lastAt), deviceKey };
}

/**
 * Watches for the first message of a device: by live frames, and by asking now and then for what
 * happened before the page listened or while the stream was away.
 */
export function useArrival(device: OnboardedDevice): Arrival {
  const [heard, setHeard] = useState(nothingYet);
  const [since] = useState(() => Date.now() - graceMs);
  const shown = useQuery(deviceQuery(device.deviceId)).data;
  const refused = useQuery(refusalsQuery(device.deviceId)).data ?? [];
  const unknown = useQuery(unknownRefusalsQuery()).data ?? [];
  const latest = useQuery(latestQuery(device.deviceId)).data;
  const key = shown?.key ?? "";
  useLive({ devices: [device.id], refusals: true }, (frame) => {
    if (key === "") return;
    setHeard((before) => hearFrame(before, frame, { key, deviceId: device.deviceId }));
  });
  const recentSince = Math.max(since, connectedAt(shown));
  const refusal = [
    ...(heard.refusal === null ? [] : [heard.refusal]),
    ...refused.map((each) => asLive(each, key)),
    ...unknown.map((each) => asLive(each, null)),
  ]
    .filter(({ at }) => at > recentSince)
    .reduce<LiveRefusal | null>(
      (told, each) => moreTelling(told, each, { key, deviceId: device.deviceId }),
      null,
    );
  return {
    connected: heard.connected || shown?.connection.connected === true,
    message: heard.message ?? storedMessage(latest),
    deadLetter: heard.deadLetter,
    refusal,
  };
}

function connectedAt(device: DeviceDetail | undefined): number {
  const at = device?.connection.connectedAt ?? null;
  return at === null ? 0 : Date.parse(at);
}

function storedMessage(latest: LatestTelemetry | undefined): Arrival["message"] {
  if (latest === undefined || latest.receivedAt === null) return null;
  return {
    receivedAt: latest.receivedAt,
    values: Object.fromEntries(latest.fields.map(({ name, value }) => [name, value])),
  };
}
