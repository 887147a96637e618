"use client";
import { useState } from "react";
import { share } from "#app/(console)/dashboards/actions.ts";
import { useChange } from "#components/people/use-change.ts";
import {
  dashboardText as text,
  sharingMeanings,
  sharingNames,
} from "#components/strings/dashboard.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { sharings, type DashboardSharing } from "#server/domain/dashboard.ts";
import type { DashboardView } from "#server/services/dashboard/view.ts";

/** Who in the organisation sees a dashboard, and who changes it. */
export function SharingChoice({
  value,
  choices = sharings,
  onChange,
}: {
  readonly value: DashboardSharing;
  readonly choices?: readonly DashboardSharing[];
  readonly onChange: (sharing: DashboardSharing) => void;
}) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="sr-only">{text.shareTitle}</legend>
      {choices.map((sharing) => (
        <label key={sharing} className="flex items-start gap-2">
          <input
            type="radio"
            name="sharing"
            className="mt-0.5 size-4 accent-accent"
            checked={value === sharing}
            onChange={() => onChange(sharing)}
          />
          <span>
            {sharingNames[sharing]}
            <span className="block text-sm text-ink-3">{sharingMeanings[sharing]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Changes the sharing of one dashboard. */
export function ShareDialog({
  dashboard,
  onChanged,
  onClose,
}: {
  readonly dashboard: DashboardView;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}) {
  const [sharing, setSharing] = useState(dashboard.sharing);
  const { busy, change } = useChange(share, () => ({ title: text.sharedAs }));
  async function save() {
    if (!(await change({ dashboardId: dashboard.id, sharing }))) return;
    onChanged();
    onClose();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.shareTitle}
      footer={
        <>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button variant="primary" busy={busy} onClick={() => void save()}>
            {text.shareSave}
          </Button>
        </>
      }
    >
      <SharingChoice
        value={sharing}
        choices={sharings.filter((each) => each !== "private" || dashboard.isOwn)}
        onChange={setSharing}
      />
    </Dialog>
  );
}
