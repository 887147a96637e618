"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { groupsKey } from "#components/dead-letter/group-queries.ts";
import { sendText } from "#components/layout/read-json.ts";
import { careText } from "#components/strings/workbench.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatBytes, formatCount } from "#components/ui/format.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { maxImportBytes } from "#server/domain/dead-letter-filter.ts";
import type { ImportResult } from "#server/services/dead-letter/import.ts";

/** Takes dead letters from a file, as the export writes them. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const [file, setFile] = useState<File>();
  const { busy, problem, send } = useImport(onClose);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={careText.importTitle}
      description={careText.importText}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void send(file);
        }}
      >
        <Field label={careText.importFile} hint={careText.importMost(formatBytes(maxImportBytes))}>
          <Input
            type="file"
            accept=".ndjson,.jsonl,.txt,application/x-ndjson"
            className="h-auto! py-1.5"
            onChange={(event) => setFile(event.target.files?.[0])}
          />
        </Field>
        {problem !== undefined && <ErrorNote>{problem}</ErrorNote>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{uiText.cancel}</Button>
          <Button type="submit" variant="primary" busy={busy}>
            {busy ? uiText.working : careText.importConfirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Sends the file, says how many letters it brought, and reads the groups anew. */
function useImport(onDone: () => void) {
  const client = useQueryClient();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  async function send(file: File | undefined) {
    if (file === undefined) return setProblem(careText.importChoose);
    if (file.size > maxImportBytes) {
      return setProblem(careText.importMost(formatBytes(maxImportBytes)));
    }
    setBusy(true);
    setProblem(undefined);
    try {
      const text = await file.text();
      const done = await sendText<ImportResult>("/api/console/dead-letters/import", text);
      toast({
        tone: "ok",
        title: careText.importDone(formatCount(done.imported)),
        ...(done.known > 0 && { detail: careText.importKnown(formatCount(done.known)) }),
      });
      await client.invalidateQueries({ queryKey: groupsKey });
      onDone();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
    return undefined;
  }
  return { busy, problem, send };
}
