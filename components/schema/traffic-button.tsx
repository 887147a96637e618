"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { readSamples } from "#components/schema/schema-queries.ts";
import { editorText } from "#components/strings/schema.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { SampleView } from "#server/services/schema/view.ts";

/** Button and list by which a message that a device sent becomes an example. */
export function TrafficButton({
  name,
  onTake,
}: {
  readonly name: string;
  readonly onTake: (sample: SampleView) => void;
}) {
  const [open, setOpen] = useState(false);
  const samples = useMutation({ mutationFn: async () => readSamples(name) });
  return (
    <>
      <Button
        size="sm"
        onClick={() => {
          setOpen(true);
          samples.mutate();
        }}
      >
        {editorText.addFromTraffic}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} size="lg" title={editorText.addFromTraffic}>
        {samples.isError && (
          <ErrorState title={editorText.trafficFailed} onRetry={() => samples.mutate()}>
            {samples.error.message}
          </ErrorState>
        )}
        {samples.isPending && <Skeleton className="h-24 w-full" />}
        {samples.data?.length === 0 && <EmptyState title={editorText.trafficNone} />}
        <ul className="flex flex-col">
          {samples.data?.map((sample) => (
            <li
              key={`${sample.deviceId} ${sample.receivedAt} ${sample.payload}`}
              className="border-b border-line last:border-b-0"
            >
              <Sample
                sample={sample}
                onTake={() => {
                  setOpen(false);
                  onTake(sample);
                }}
              />
            </li>
          ))}
        </ul>
      </Dialog>
    </>
  );
}

function Sample({ sample, onTake }: { readonly sample: SampleView; readonly onTake: () => void }) {
  return (
    <button
      type="button"
      onClick={onTake}
      className="flex w-full flex-col gap-1 rounded-sm px-2 py-2 text-left hover:bg-sunken focus-visible:-outline-offset-2"
    >
      <span className="flex flex-wrap gap-x-3 text-sm text-ink-2">
        <span className="font-mono text-ink">{sample.deviceId}</span>
        {sample.stream !== "" && <span className="font-mono">{sample.stream}</span>}
        {sample.firmware !== null && <span>{sample.firmware}</span>}
        <RelativeTime value={sample.receivedAt} />
      </span>
      <span className="line-clamp-2 font-mono text-sm wrap-anywhere text-ink">
        {sample.payload}
      </span>
    </button>
  );
}
