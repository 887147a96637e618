"use client";
import { useState } from "react";
import { certificateListText as text } from "#components/strings/certificate-list.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import type { CertificateFilter } from "#server/domain/certificate-filter.ts";

/** Button and form that narrow the inventory to days. */
export function DatesDialog({
  onApply,
}: {
  readonly onApply: (change: Pick<CertificateFilter, "from" | "to">) => void;
}) {
  const [open, setOpen] = useState(false);
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  function apply() {
    setOpen(false);
    onApply({ ...(from !== "" && { from }), ...(to !== "" && { to }) });
  }
  return (
    <>
      <Button size="sm" className="h-7.5!" onClick={() => setOpen(true)}>
        {text.dates}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={text.datesTitle}
        description={text.datesHint}
        footer={
          <Button variant="primary" onClick={apply}>
            {text.apply}
          </Button>
        }
      >
        <div className="grid grid-cols-2 gap-4">
          <Field label={text.from}>
            <Input type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
          </Field>
          <Field label={text.to}>
            <Input type="date" value={to} onChange={(event) => setTo(event.target.value)} />
          </Field>
        </div>
      </Dialog>
    </>
  );
}
