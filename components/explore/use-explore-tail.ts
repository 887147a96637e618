"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { createLiveTail, type LiveTail } from "#components/charts/live-tail.ts";
import { lineId, type Line } from "#components/explore/explore-charts.ts";
import { useLive } from "#components/layout/live-provider.tsx";
import { readMissedTelemetry } from "#components/layout/read-missed.ts";
import type { ExploreDevice } from "#server/services/explore/choices.ts";

const noDevices: readonly string[] = [];

/**
 * Values as devices publish them, for lines of single devices in a range that ends now; undefined
 * where nothing is followed. What an answer of the store has by then is forgotten.
 */
export function useExploreTail(
  lines: readonly Line[],
  devices: readonly ExploreDevice[],
  isFollowing: boolean,
): LiveTail | undefined {
  const client = useQueryClient();
  const [tail] = useState(createLiveTail);
  const byId = useMemo(() => new Map(lines.map((line) => [line.id, line])), [lines]);
  const byKey = useMemo(() => new Map(devices.map((device) => [device.key, device])), [devices]);
  useEffect(() => {
    tail.forget(
      new Map(
        lines.map(({ id, answer }) => [id, answer.points.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY]),
      ),
    );
  }, [tail, lines]);
  useLive({ devices: isFollowing ? devices.map(({ id }) => id) : noDevices }, (frame) => {
    if (!isFollowing) return;
    if (frame.kind === "hello") readMissedTelemetry(client, frame.at);
    if (frame.kind !== "messages") return;
    const values = frame.messages.flatMap((message) => {
      const device = byKey.get(message.deviceKey);
      if (device === undefined) return [];
      return Object.entries(message.values).flatMap(([metric, value]) => {
        const id = lineId({ device, group: null, metric });
        const line = byId.get(id);
        if (line === undefined || typeof value === "string") return [];
        return [{ id, point: { t: message.ts, v: line.display.of(Number(value)) } }];
      });
    });
    tail.push(values);
  });
  return isFollowing ? tail : undefined;
}
