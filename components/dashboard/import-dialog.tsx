"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { importFile } from "#app/(console)/dashboards/actions.ts";
import { dashboardHref } from "#components/dashboard/dashboard-queries.ts";
import { askJson } from "#components/layout/read-json.ts";
import { useChange } from "#components/people/use-change.ts";
import {
  dashboardText,
  importText as text,
  referenceNames,
} from "#components/strings/dashboard.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { DashboardFile, ImportGap } from "#server/domain/dashboard-file.ts";
import type { ImportReport } from "#server/services/dashboard/import.ts";

/** Larger files are no dashboards. */
const maxBytes = 1_000_000;
/** Gaps that are told one by one. */
const mostGaps = 12;

/** What was chosen: what a file says, or why it says nothing. Whether it fits, the server says. */
type Chosen =
  | { readonly ok: true; readonly file: DashboardFile }
  | { readonly ok: false; readonly problem: string };

async function read(file: File): Promise<Chosen> {
  if (file.size > maxBytes) return { ok: false, problem: text.tooLarge };
  try {
    return { ok: true, file: JSON.parse(await file.text()) as DashboardFile };
  } catch {
    return { ok: false, problem: text.notJson };
  }
}

/** Makes a dashboard of a file, after it said what of it is not here. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const [chosen, setChosen] = useState<Chosen>();
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.title}
      description={text.description}
    >
      <div className="flex flex-col gap-4">
        <Field label={text.file} error={chosen?.ok === false ? chosen.problem : undefined}>
          <Input
            type="file"
            accept=".json,application/json"
            className="py-1"
            onChange={({ target }) => {
              const [first] = target.files ?? [];
              if (first !== undefined) void read(first).then(setChosen);
            }}
          />
        </Field>
        {chosen?.ok === true && <Checked file={chosen.file} onClose={onClose} />}
      </div>
    </Dialog>
  );
}

function Checked({
  file,
  onClose,
}: {
  readonly file: DashboardFile;
  readonly onClose: () => void;
}) {
  const router = useRouter();
  const [name, setName] = useState<string>();
  const check = useQuery({
    queryKey: ["dashboard-import", file],
    queryFn: ({ signal }) =>
      askJson<ImportReport>("/api/console/dashboards/check-import", { file }, signal),
    retry: false,
    gcTime: 0,
  });
  const { busy, change } = useChange(importFile, ({ dashboard }) => {
    router.push(dashboardHref(dashboard.id));
    return { title: text.done(dashboard.name) };
  });
  if (check.isError) return <ErrorNote>{check.error.message}</ErrorNote>;
  if (check.data === undefined) return <p className="text-ink-3">{text.checking}</p>;
  const called = name ?? check.data.name;
  return (
    <>
      <Field label={text.name}>
        <Input maxLength={120} value={called} onChange={({ target }) => setName(target.value)} />
      </Field>
      <Gaps gaps={check.data.gaps} widgets={check.data.widgets} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{dashboardText.cancel}</Button>
        <Button
          variant="primary"
          disabled={called.trim() === ""}
          busy={busy}
          onClick={() => void change({ file, name: called })}
        >
          {text.import}
        </Button>
      </div>
    </>
  );
}

function Gaps({
  gaps,
  widgets,
}: {
  readonly gaps: readonly ImportGap[];
  readonly widgets: number;
}) {
  if (gaps.length === 0) return <p className="text-ink-2">{text.allHere(formatCount(widgets))}</p>;
  return (
    <div className="rounded border border-warn/40 bg-warn-soft px-3 py-2.5">
      <p className="text-ink">{text.gaps}</p>
      <ul className="mt-1 list-disc pl-5 text-sm text-ink-2">
        {gaps.slice(0, mostGaps).map((gap) => (
          <li key={`${gap.where} ${gap.id} ${gap.kind} ${gap.name}`}>
            {text.gap(gap.title, referenceNames[gap.kind], gap.name)}
          </li>
        ))}
        {gaps.length > mostGaps && <li>{text.moreGaps(formatCount(gaps.length - mostGaps))}</li>}
      </ul>
    </div>
  );
}
