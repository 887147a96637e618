"use client";
import { useState } from "react";
import {
  hearMessages,
  startFeed,
  type Feed,
  type HeardMessage,
  type LatestValue,
} from "#components/device/feed.ts";
import { useLive } from "#components/layout/live-provider.tsx";
import type { LiveFrame } from "#server/domain/live.ts";

/** Follows one device: newest values, points for the chart, messages. */
export function useDeviceFeed(
  device: { readonly id: string; readonly key: string },
  known: {
    readonly latest: Readonly<Record<string, LatestValue>>;
    readonly messages: readonly Omit<HeardMessage, "n">[];
  },
): Feed {
  const [feed, setFeed] = useState(() => startFeed(known.latest, known.messages));
  useLive({ devices: [device.id] }, (frame: LiveFrame) => {
    if (frame.kind !== "messages") return;
    const ours = frame.messages.filter((message) => message.deviceKey === device.key);
    if (ours.length === 0 && frame.dropped === 0) return;
    setFeed((before) => hearMessages(before, ours, frame.dropped));
  });
  return feed;
}
