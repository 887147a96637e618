"use client";
import { useState, type ReactNode } from "react";
import { TryCounts } from "#components/dead-letter/try-result.tsx";
import { useStartRun } from "#components/dead-letter/use-start-run.ts";
import { runText } from "#components/strings/workbench.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import type { TransformStep } from "#server/domain/transform-steps.ts";

export type Replay = {
  readonly selection: { fingerprint: string } | { ids: string[] };
  readonly transform: TransformStep[];
  /** Base64, of one letter only. */
  readonly payload?: string;
};

type What = {
  readonly count: number;
  /** What is changed, in words. */
  readonly transform: ReactNode;
  /** What the newest preview of it said. */
  readonly tried: { readonly wouldStore: number; readonly wouldFail: number } | undefined;
};

/** Before a replay: how many, what happens to them, and why it is done. */
export function ReplayDialog({
  replay,
  count,
  transform,
  tried,
  onStarted,
  onClose,
}: {
  readonly replay: Replay;
  readonly onStarted: (runId: string) => void;
  readonly onClose: () => void;
} & What) {
  const [reason, setReason] = useState("");
  const { busy, error, begin } = useStartRun();
  const isOne = "ids" in replay.selection;
  async function confirm() {
    const id = await begin({ kind: "replay", ...replay, reason });
    if (id === undefined) return;
    onStarted(id);
    onClose();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={isOne ? runText.replayOneTitle : runText.replayTitle(formatCount(count))}
      description={runText.replayText}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void confirm();
        }}
      >
        <div className="rounded border border-line bg-sunken p-3">
          <KeyValues items={factsOf({ count, transform, tried })} />
        </div>
        <Field label={runText.reason} hint={runText.reasonHint}>
          <Input
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.target.value)}
          />
        </Field>
        {error !== undefined && <ErrorNote>{error}</ErrorNote>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{uiText.cancel}</Button>
          <Button type="submit" variant="primary" busy={busy}>
            {busy ? uiText.working : runText.replayConfirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function factsOf({ count, transform, tried }: What): readonly KeyValue[] {
  return [
    { key: "count", label: runText.replayCount, value: formatCount(count) },
    { key: "steps", label: runText.replaySteps, value: transform },
    { key: "stored", label: runText.replayStored, value: runText.replayStoredValue },
    ...(tried === undefined
      ? []
      : [{ key: "tried", label: runText.replayLast, value: <TryCounts {...tried} /> }]),
  ];
}
