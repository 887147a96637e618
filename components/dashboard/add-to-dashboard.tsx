"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { LayoutDashboard } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { addWidget, create } from "#app/(console)/dashboards/actions.ts";
import {
  dashboardHref,
  dashboardsKey,
  dashboardsQuery,
} from "#components/dashboard/dashboard-queries.ts";
import { useShell } from "#components/layout/shell-context.ts";
import { authText } from "#components/strings/auth.ts";
import { addToDashboardText as text } from "#components/strings/dashboard-widget.ts";
import { dashboardText } from "#components/strings/dashboard.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { FailureNote } from "#components/ui/failure-note.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { emptyContent, type DashboardRange, type Widget } from "#server/domain/dashboard.ts";
import { may } from "#server/domain/roles.ts";
import type { ActionResult } from "#server/web/action.ts";
import type { Failure } from "#server/web/failure.ts";
import type { DashboardView } from "#server/services/dashboard/view.ts";

type AddProps = {
  /** The chart as a widget: made with `newWidget` of server/domain/dashboard.ts. */
  readonly widget: Widget;
  /** What a new dashboard opens with. */
  readonly range?: DashboardRange;
};

const noAnswer: Failure = {
  code: "unavailable",
  message: authText.noAnswer,
  remedy: authText.noAnswerRemedy,
  fields: [],
};

/** A button that puts a chart into a dashboard; nothing for roles that have none. */
export function AddToDashboard({
  size = "md",
  disabled = false,
  ...props
}: AddProps & { readonly size?: "sm" | "md"; readonly disabled?: boolean }) {
  const { user } = useShell();
  const [open, setOpen] = useState(false);
  if (!may(user.role, "dashboard.edit")) return null;
  return (
    <>
      <Button size={size} disabled={disabled} onClick={() => setOpen(true)}>
        <LayoutDashboard aria-hidden className="size-4" />
        {text.button}
      </Button>
      {open && <AddToDashboardDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Asks into which dashboard a chart goes, puts it there, and leads there. */
export function AddToDashboardDialog({
  widget,
  range,
  onClose,
}: AddProps & { readonly onClose: () => void }) {
  const client = useQueryClient();
  const [added, setAdded] = useState<DashboardView>();
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);

  async function add(wanted: Wanted) {
    setBusy(true);
    setFailure(undefined);
    const result = await put({ widget, range, ...wanted }).catch(() => undefined);
    setBusy(false);
    if (result?.ok !== true) {
      setFailure(result?.error ?? noAnswer);
      return;
    }
    setAdded(result.value);
    await client.invalidateQueries({ queryKey: dashboardsKey });
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.title}
      description={text.description}
    >
      {added === undefined ? (
        <AddForm title={widget.title} {...{ busy, failure }} onAdd={(wanted) => void add(wanted)} />
      ) : (
        <p className="flex flex-wrap items-center justify-between gap-3">
          <output>{text.done(added.name)}</output>
          <Link href={dashboardHref(added.id)} className="font-medium text-accent hover:underline">
            {text.open}
          </Link>
        </p>
      )}
    </Dialog>
  );
}

/** `dashboardId` empty: a new one. */
type Wanted = { readonly dashboardId: string; readonly name: string; readonly title: string };

async function put({
  widget,
  range,
  dashboardId,
  name,
  title,
}: Wanted & {
  readonly widget: Widget;
  readonly range: DashboardRange | undefined;
}): Promise<ActionResult<DashboardView>> {
  const titled = { ...widget, title };
  if (dashboardId !== "") return addWidget({ dashboardId, widget: titled });
  const content = {
    ...emptyContent,
    ...(range !== undefined && { range }),
    widgets: [{ ...titled, x: 0, y: 0 }],
  };
  return create({ name, content });
}

function AddForm({
  title: startTitle,
  busy,
  failure,
  onAdd,
}: {
  readonly title: string;
  readonly busy: boolean;
  readonly failure: Failure | undefined;
  readonly onAdd: (wanted: Wanted) => void;
}) {
  const query = useQuery(dashboardsQuery());
  const [dashboardId, setDashboardId] = useState("");
  const [name, setName] = useState("");
  const [title, setTitle] = useState(startTitle);
  const options = (query.data?.dashboards ?? [])
    .filter((each) => each.mayChange)
    .map((each) => ({ value: each.id, label: each.name }));
  const isReady = dashboardId !== "" || name.trim() !== "";
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !busy) onAdd({ dashboardId, name, title });
      }}
    >
      {query.isError && <ErrorNote remedy={query.error.message}>{text.failed}</ErrorNote>}
      <FailureNote failure={failure} />
      <Field label={text.where}>
        <Select
          value={dashboardId}
          options={[{ value: "", label: text.newOne }, ...options]}
          onChange={(event) => setDashboardId(event.target.value)}
        />
      </Field>
      {dashboardId === "" && (
        <Field label={text.name} required>
          <Input maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
      )}
      <Field label={text.widgetTitle}>
        <Input maxLength={120} value={title} onChange={(event) => setTitle(event.target.value)} />
      </Field>
      <div className="flex justify-end">
        <Button type="submit" variant="primary" busy={busy} disabled={!isReady}>
          {busy ? dashboardText.save : text.add}
        </Button>
      </div>
    </form>
  );
}
