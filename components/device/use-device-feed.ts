"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  hearMessages,
  hearStored,
  knownUntil,
  startFeed,
  type Feed,
  type LatestValue,
  type StoredMessage,
} from "#components/device/feed.ts";
import { readStored } from "#components/device/stored-messages.ts";
import { useLive } from "#components/layout/live-provider.tsx";

/** Follows one device: newest values, points for the chart, messages. */
export function useDeviceFeed(
  device: { readonly id: string; readonly deviceId: string; readonly key: string },
  known: {
    readonly latest: Readonly<Record<string, LatestValue>>;
    readonly messages: readonly StoredMessage[];
  },
): Feed {
  const client = useQueryClient();
  const [feed, setFeed] = useState(() => startFeed(known.latest, known.messages));
  const stored = useQuery({
    queryKey: ["device", device.deviceId, "messages"],
    queryFn: ({ signal }) => readStored(device.deviceId, signal),
    enabled: false,
  });

  // What came between the page's rendering, or the loss of the stream, and now. Where this fails
  // the stream is lost too, and its next opening asks again.
  async function catchUp(since: number) {
    const { data } = await stored.refetch();
    if (data !== undefined) setFeed((before) => hearStored(before, data, since));
    await client.invalidateQueries({ queryKey: ["device", device.deviceId, "series"] });
  }

  useLive({ devices: [device.id] }, (frame) => {
    if (frame.kind === "hello") void catchUp(knownUntil(feed));
    if (frame.kind !== "messages") return;
    const ours = frame.messages.filter((message) => message.deviceKey === device.key);
    if (ours.length === 0 && frame.dropped === 0) return;
    setFeed((before) => hearMessages(before, ours, frame.dropped));
  });
  return feed;
}
