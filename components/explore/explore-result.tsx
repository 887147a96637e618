"use client";
import { MessageSquarePlus } from "lucide-react";
import dynamic from "next/dynamic";
import { useMemo, useRef, useState } from "react";
import { ExploreChartsList } from "#components/explore/explore-charts-list.tsx";
import { ExploreDownloads } from "#components/explore/explore-downloads.tsx";
import { annotationsOf, type DrawnMark } from "#components/explore/explore-marks.ts";
import { ExploreNotices } from "#components/explore/explore-notices.tsx";
import { rangeAt, type ExploreState } from "#components/explore/explore-state.ts";
import { MarkDialog } from "#components/explore/mark-dialog.tsx";
import type { NoteWanted } from "#components/explore/note-dialog.tsx";
import { RangeBar } from "#components/explore/range-bar.tsx";
import { StatesCards } from "#components/explore/states-card.tsx";
import { StatisticsCard } from "#components/explore/statistics-card.tsx";
import type { Explore } from "#components/explore/use-explore.ts";
import { useExploreData, type ExploreData } from "#components/explore/use-explore-data.ts";
import { useExploreTail } from "#components/explore/use-explore-tail.ts";
import { usePixels } from "#components/explore/use-pixels.ts";
import { useStable } from "#components/explore/use-stable.ts";
import { useLiveState } from "#components/layout/live-provider.tsx";
import { useShell } from "#components/layout/shell-context.ts";
import { exploreText } from "#components/strings/explore.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { useHydrated, useNow } from "#components/ui/clock.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { may } from "#server/domain/roles.ts";
import type { ExploreChoices } from "#server/services/explore/choices.ts";

const NoteDialog = dynamic(
  async () => (await import("#components/explore/note-dialog.tsx")).NoteDialog,
  { ssr: false },
);

/** Longer ranges are not followed value by value: a value would be less than a pixel. */
const longestFollowedMs = 86_400_000;

/** The range as it is drawn: one that ends now moves on by about a pixel at a time. */
function useShownRange({ range }: ExploreState, pixels: number) {
  const lastMs = "lastMs" in range ? range.lastMs : null;
  const step = Math.max(1_000, Math.round((lastMs ?? 0) / pixels));
  const now = useNow((at) => (lastMs === null ? 0 : Math.ceil(at / step) * step));
  const { from, to } = rangeAt(range, now);
  return useMemo(() => ({ from, to }), [from, to]);
}

function isFollowed(state: ExploreState): boolean {
  return (
    "lastMs" in state.range &&
    state.range.lastMs <= longestFollowedMs &&
    state.devices.length > 0 &&
    state.split === "each" &&
    (state.aggregate === "mean" || state.aggregate === "last")
  );
}

type Result = { readonly explore: Explore; readonly choices: ExploreChoices | undefined };

/** The charts with all that belongs to them; in the browser only, in the viewer's zone and time. */
export function ExploreResult(props: Result) {
  return useHydrated() ? <Drawn {...props} /> : <Skeleton className="h-96 w-full opacity-40" />;
}

/** Range, marks, charts, states, statistics, downloads. */
function Drawn({ explore, choices }: Result) {
  const { state } = explore;
  const charts = useRef<HTMLDivElement>(null);
  const pixels = usePixels(charts);
  const data = useExploreData(state, choices, pixels);
  const range = useShownRange(state, pixels);
  const [highlight, setHighlight] = useState<string | null>(null);
  const [opened, setOpened] = useState<Opened | null>(null);
  const mayWrite = may(useShell().user.role, "device.annotate");
  const hidden = useStable(state.hidden);
  const marks = useMemo(() => annotationsOf(data.marks?.marks ?? [], hidden), [data.marks, hidden]);
  const devices = choices?.devices ?? noDevices;
  const followed = isFollowed(state);
  const tail = useExploreTail(data.lines, devices, followed);
  const annotate = (at: number) => setOpened({ kind: "new", at });
  return (
    <>
      <div className="flex flex-wrap items-center gap-1.5">
        <RangeBar explore={explore} range={range} />
        {followed && <LiveBadge />}
        <span className="flex-1" />
        {mayWrite && <AddNote onAdd={() => annotate(middleOf(range))} />}
        <ExploreDownloads data={data} state={state} charts={charts} />
      </div>
      <ExploreNotices state={state} choices={choices} data={data} />
      <div ref={charts} className="flex min-w-0 flex-col gap-4" aria-busy={data.isFetching}>
        {isWaiting(data) && <Skeleton className="h-96 w-full opacity-40" />}
        <ExploreChartsList
          {...{ charts: data.charts, marks, layout: state.layout, range, tail, highlight }}
          onZoom={explore.zoom}
          onMark={(mark) => setOpened(openedOf(mark, mayWrite))}
          onAnnotate={mayWrite ? annotate : undefined}
        />
        {data.states !== undefined && <StatesCards states={data.states} range={range} />}
      </div>
      {data.lines.length > 0 && (
        <StatisticsCard lines={data.lines} charts={data.charts} onHighlight={setHighlight} />
      )}
      {opened !== null && (
        <OpenedDialog opened={opened} devices={devices} onClose={() => setOpened(null)} />
      )}
    </>
  );
}

/** A note to write or to change, or another mark to read. */
type Opened = NoteWanted | { readonly kind: "mark"; readonly mark: DrawnMark };

function openedOf(drawn: DrawnMark, mayWrite: boolean): Opened {
  const { mark } = drawn;
  return mark.kind === "note" && mayWrite
    ? { kind: "old", note: mark }
    : { kind: "mark", mark: drawn };
}

function OpenedDialog({
  opened,
  devices,
  onClose,
}: {
  readonly opened: Opened;
  readonly devices: ExploreChoices["devices"];
  readonly onClose: () => void;
}) {
  return opened.kind === "mark" ? (
    <MarkDialog mark={opened.mark} onClose={onClose} />
  ) : (
    <NoteDialog wanted={opened} devices={devices} onClose={onClose} />
  );
}

function isWaiting({ answer, states, failures }: ExploreData): boolean {
  const isEmpty = answer === undefined && states === undefined;
  return isEmpty && failures.values === null && failures.states === null;
}

function AddNote({ onAdd }: { readonly onAdd: () => void }) {
  return (
    <Button size="sm" onClick={onAdd}>
      <MessageSquarePlus aria-hidden className="size-3.5" />
      {exploreText.addNote}
    </Button>
  );
}

const noDevices: ExploreChoices["devices"] = [];

function middleOf({ from, to }: { readonly from: number; readonly to: number }): number {
  return Math.round((from + to) / 2);
}

function LiveBadge() {
  const live = useLiveState() === "live";
  return (
    <StateBadge tone={live ? "ok" : "warn"}>
      {live ? exploreText.live : exploreText.notLive}
    </StateBadge>
  );
}
