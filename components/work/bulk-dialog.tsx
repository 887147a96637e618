"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ComponentProps, type ReactNode } from "react";
import { changeInBulk } from "#app/(console)/work/actions.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import { useShell } from "#components/layout/shell-context.ts";
import { bulkText } from "#components/strings/work.ts";
import { Button } from "#components/ui/button.tsx";
import { DangerDialog, Dialog } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { actionOf, emptyDraft, type BulkDraft } from "#components/work/bulk-draft.ts";
import { BulkFields } from "#components/work/bulk-fields.tsx";
import { impactItems } from "#components/work/bulk-impact.ts";
import { watchWork } from "#components/work/watched-work.ts";
import { bulkImpactQuery, workKey } from "#components/work/work-queries.ts";
import { isDrastic, maxBulkDevices, type BulkKind } from "#server/domain/bulk-action.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import type { BulkImpact } from "#server/services/bulk/view.ts";

/** From so many devices on, ending them takes the organisation's name. */
const manyDevices = 1_000;

/**
 * Asks before many devices are changed: what it does, how far it reaches and, where devices stop
 * working, their number as confirmation. Mount it to open it.
 */
export function BulkDialog({
  kind,
  selection,
  onClose,
  onDone,
}: {
  readonly kind: BulkKind;
  readonly selection: DeviceSelection;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { organisation } = useShell().user;
  const [draft, setDraft] = useState<BulkDraft>(emptyDraft);
  const impact = useQuery(bulkImpactQuery(selection));
  const { begin, busy, error, fieldError } = useBegin({ kind, selection, draft, onClose, onDone });
  const devices = impact.data?.devices;
  const blocked = refusalOf(impact.data) ?? error;
  const frame = frameOf(kind, devices, onClose);
  const items = impactItems(kind, draft, impact);
  const fields = (
    <BulkFields
      kind={kind}
      draft={draft}
      error={fieldError}
      onChange={(change) => setDraft((before) => ({ ...before, ...change }))}
    />
  );
  const isReady = devices !== undefined && refusalOf(impact.data) === undefined;
  const start = () => {
    if (isReady) void begin(devices);
  };
  const body = {
    frame,
    items,
    fields,
    busy,
    error: blocked,
    label: bulkText.titles[kind],
    onStart: start,
  };
  if (!isDrastic({ kind })) return <CalmDialog {...body} isReady={isReady} onClose={onClose} />;
  const takesName = kind === "decommission" && (devices ?? 0) >= manyDevices;
  return (
    <DangerDialog
      {...frame}
      blastRadius={items}
      typedName={takesName ? organisation : String(devices ?? bulkText.waiting)}
      confirmLabel={bulkText.titles[kind]}
      busy={busy}
      error={blocked}
      onConfirm={start}
    >
      {fields}
    </DangerDialog>
  );
}

function frameOf(kind: BulkKind, devices: number | undefined, onClose: () => void) {
  return {
    open: true,
    onOpenChange: (open: boolean) => {
      if (!open) onClose();
    },
    title: bulkText.titleFor(
      bulkText.titles[kind],
      devices === undefined ? "…" : formatCount(devices),
    ),
    description: bulkText.explanations[kind],
  };
}

/** Of what can be taken back by the opposite. */
function CalmDialog({
  frame,
  items,
  fields,
  busy,
  error,
  label,
  isReady,
  onStart,
  onClose,
}: {
  readonly frame: Pick<
    ComponentProps<typeof Dialog>,
    "open" | "onOpenChange" | "title" | "description"
  >;
  readonly items: readonly KeyValue[];
  readonly fields: ReactNode;
  readonly busy: boolean;
  readonly error: string | undefined;
  readonly label: string;
  readonly isReady: boolean;
  readonly onStart: () => void;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      {...frame}
      footer={
        <>
          <Button onClick={onClose}>{bulkText.cancel}</Button>
          <Button variant="primary" busy={busy} disabled={!isReady} onClick={onStart}>
            {label}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {fields}
        <div className="rounded border border-line bg-sunken p-3">
          <KeyValues items={items} />
        </div>
        {error !== undefined && <ErrorNote>{error}</ErrorNote>}
      </div>
    </Dialog>
  );
}

/** Why it cannot begin, whatever is filled in. */
function refusalOf(impact: BulkImpact | undefined): string | undefined {
  if (impact === undefined) return undefined;
  if (impact.isTooMany) return bulkText.tooMany(formatCount(maxBulkDevices));
  return impact.devices === 0 ? bulkText.nothing : undefined;
}

/** Begins the change; its reader is told when it has ended. */
function useBegin({
  kind,
  selection,
  draft,
  onClose,
  onDone,
}: {
  readonly kind: BulkKind;
  readonly selection: DeviceSelection;
  readonly draft: BulkDraft;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const { busy, refusal, fieldError, submit } = useSubmit(changeInBulk);
  const queries = useQueryClient();
  const toast = useToast();
  async function begin(expected: number) {
    const job = await submit({
      action: actionOf(kind, draft),
      selection,
      reason: draft.reason,
      // Filters move on by themselves: only what stops devices is held to what was seen.
      ...(isDrastic({ kind }) && { expected }),
    });
    if (job === undefined) return;
    watchWork({ kind: "bulk", id: job.id });
    toast({
      tone: "ok",
      title: bulkText.began,
      detail: bulkText.beganDetail(formatCount(job.total)),
    });
    onClose();
    onDone();
    await queries.invalidateQueries({ queryKey: workKey });
  }
  // What a field says already is not said again.
  const isAtField = refusal?.fields.some(({ path }) => /^(?:action\.|reason$)/.test(path)) === true;
  const error =
    refusal === undefined || isAtField
      ? undefined
      : [refusal.message, refusal.remedy].filter((part) => part !== null).join(" ");
  return { begin, busy, error, fieldError };
}
