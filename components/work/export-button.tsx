"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useShell } from "#components/layout/shell-context.ts";
import { exportText } from "#components/strings/work.ts";
import { Button } from "#components/ui/button.tsx";
import type { ExportRequestInput } from "#server/domain/export-request.ts";
import { may } from "#server/domain/roles.ts";

// Pages with charts must not wait for a dialog that few open.
const ExportDialog = dynamic(
  async () => (await import("#components/work/export-dialog.tsx")).ExportDialog,
  { ssr: false },
);

/**
 * Asks for a file of what the page shows; a worker writes it. Nothing where the reader's role may not.
 */
export function ExportButton({
  request,
  name = "",
  size = "md",
  label = exportText.button,
  disabled = false,
}: {
  readonly request: ExportRequestInput;
  /** What the file is called until the reader says otherwise. */
  readonly name?: string;
  readonly size?: "sm" | "md";
  readonly label?: string;
  readonly disabled?: boolean;
}) {
  const { role } = useShell().user;
  const [open, setOpen] = useState(false);
  if (!may(role, "telemetry.export")) return null;
  return (
    <>
      <Button size={size} disabled={disabled} onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open && <ExportDialog request={request} name={name} onClose={() => setOpen(false)} />}
    </>
  );
}
