"use client";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { useLive } from "#components/layout/live-provider.tsx";
import { TailBar } from "#components/message/tail-bar.tsx";
import { TailDrawer } from "#components/message/tail-drawer.tsx";
import {
  clearTail,
  emptyTail,
  hearTail,
  pauseTail,
  resumeTail,
  type HeardTail,
} from "#components/message/tail-buffer.ts";
import { isTailFiltered, tailFiltersFrom, tailHref } from "#components/message/tail-filter.ts";
import { TailFilterBar, type ProfileChoice } from "#components/message/tail-filter-bar.tsx";
import { TailTable } from "#components/message/tail-table.tsx";
import { tailText } from "#components/strings/message.ts";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";

/** Every settled message as it comes, filtered and sampled. The address holds the filters. */
export function TailView({
  opening,
  profiles,
}: {
  /** UUID of this opening, which is recorded once. */
  readonly opening: string;
  readonly profiles: readonly ProfileChoice[];
}) {
  const address = useSearchParams();
  const filters = tailFiltersFrom((name) => address.get(name));
  const [tail, setTail] = useState(emptyTail);
  const [refused, setRefused] = useState<string | null>(null);
  const [opened, setOpened] = useState<HeardTail | null>(null);
  useLive({ tail: { opening, ...filters } }, (frame) => {
    if (frame.kind === "tail_refused") setRefused(frame.message);
    if (frame.kind !== "tail") return;
    setRefused(null);
    setTail((before) => hearTail(before, frame, Date.now()));
  });
  return (
    <>
      <TailFilterBar
        key={address.toString()}
        first={filters}
        profiles={profiles}
        onChange={(next) => {
          window.history.replaceState(null, "", tailHref(next));
          setTail(clearTail);
          setRefused(null);
        }}
      />
      <TailBar
        tail={tail}
        onPause={() => setTail(pauseTail)}
        onResume={() => setTail(resumeTail)}
        onClear={() => setTail(clearTail)}
      />
      {refused !== null && <ErrorNote remedy={refused}>{tailText.refusedTitle}</ErrorNote>}
      {tail.shown.length === 0 ? (
        <Card>
          <EmptyState title={tailText.emptyTitle}>
            {isTailFiltered(filters) ? tailText.emptyFiltered : tailText.emptyText}
          </EmptyState>
        </Card>
      ) : (
        <TailTable messages={tail.shown} onOpen={setOpened} />
      )}
      <p className="text-sm text-ink-3">{tailText.recorded}</p>
      <TailDrawer message={opened} onClose={() => setOpened(null)} />
    </>
  );
}
