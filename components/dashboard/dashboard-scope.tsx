"use client";
import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import {
  createLiveValues,
  followedDevices,
  type LiveFields,
  type LiveValues,
} from "#components/dashboard/live-values.ts";
import { useLive } from "#components/layout/live-provider.tsx";
import { readMissedTelemetry } from "#components/layout/read-missed.ts";
import { useNow } from "#components/ui/clock.tsx";
import { rangeMs, type DashboardVariable } from "#server/domain/dashboard.ts";
import type { KnownReferences } from "#server/domain/dashboard-references.ts";
import { rangeAt, type DashboardChoice } from "#server/domain/dashboard-variables.ts";

/** What every widget on a dashboard shares. */
export type DashboardScope = {
  readonly variables: readonly DashboardVariable[];
  readonly choice: DashboardChoice;
  readonly references: KnownReferences;
  readonly values: LiveValues;
  /** Says which devices a part shows; undefined when it shows none any more. */
  readonly follow: (part: string, ids: readonly string[] | undefined) => void;
  /** Devices that are followed live. */
  readonly followed: ReadonlySet<string>;
  /** Narrows the whole dashboard to a range; absent where it cannot be. */
  readonly onZoom?: (range: { readonly from: number; readonly to: number }) => void;
};

const ScopeContext = createContext<DashboardScope | null>(null);

/** The dashboard around this widget. */
export function useScope(): DashboardScope {
  const scope = useContext(ScopeContext);
  if (scope === null) throw new Error("useScope is only known inside a dashboard.");
  return scope;
}

/** Around the widgets of one dashboard: its choices, and one live wish for all of them. */
export function DashboardScopeProvider({
  children,
  ...given
}: Pick<DashboardScope, "variables" | "choice" | "references" | "onZoom"> & {
  readonly children: ReactNode;
}) {
  const client = useQueryClient();
  const [values] = useState(createLiveValues);
  const [wishes, setWishes] = useState<ReadonlyMap<string, readonly string[]>>(new Map());
  const devices = followedDevices(wishes.values());
  useLive({ devices }, (frame) => {
    if (frame.kind === "messages") values.hear(frame.messages);
    if (frame.kind === "hello") readMissedTelemetry(client, frame.at);
  });
  const [follow] = useState(() => (part: string, ids: readonly string[] | undefined) => {
    setWishes((before) => {
      if (ids === undefined && !before.has(part)) return before;
      const next = new Map(before);
      if (ids === undefined) next.delete(part);
      else next.set(part, ids);
      return next;
    });
  });
  return (
    <ScopeContext value={{ ...given, values, follow, followed: new Set(devices) }}>
      {children}
    </ScopeContext>
  );
}

/** Follows these devices (UUIDs) as long as the component is there. */
export function useFollow(part: string, ids: readonly string[]): void {
  const { follow } = useScope();
  const text = ids.join(",");
  useEffect(() => {
    follow(part, text === "" ? [] : text.split(","));
    return () => follow(part, undefined);
  }, [follow, part, text]);
}

/** Newest live values of a device by its key; undefined until it says something. */
export function useLiveFields(key: string): LiveFields | undefined {
  const { values } = useScope();
  return useSyncExternalStore(
    values.subscribe,
    () => values.latest(key),
    () => undefined,
  );
}

/** How often the store is asked again, milliseconds; false for ranges in the past and live only. */
export function everyMsOf({ range, refreshSeconds }: DashboardChoice): number | false {
  return refreshSeconds === 0 || !("last" in range) ? false : refreshSeconds * 1_000;
}

/**
 * The dashboard's range as instants. `asked` moves on with each refresh, so that a question is asked
 * again; `drawn` moves on by about a pixel, so that live values have room.
 */
export function useRange(): {
  readonly asked: { readonly from: number; readonly to: number };
  readonly drawn: { readonly from: number; readonly to: number };
} {
  const { range, refreshSeconds } = useScope().choice;
  const span = "last" in range ? rangeMs[range.last] : 0;
  const pixelMs = Math.max(1_000, Math.round(span / 700 / 1_000) * 1_000);
  const stepMs = Math.max(refreshSeconds === 0 ? 300_000 : refreshSeconds * 1_000, pixelMs);
  const askedTo = useNow((now) => Math.ceil(now / stepMs) * stepMs);
  const drawnTo = useNow((now) => Math.ceil(now / pixelMs) * pixelMs);
  return { asked: rangeAt(range, askedTo), drawn: rangeAt(range, drawnTo) };
}
