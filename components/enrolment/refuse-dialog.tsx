"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { refuse } from "#app/(console)/onboard/requests/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { enrolmentKey } from "#components/enrolment/enrolment-queries.ts";
import type { RequestView } from "#components/enrolment/views.ts";
import { requestText as text } from "#components/strings/enrolment-request.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Textarea } from "#components/ui/input.tsx";
import { useToast } from "#components/ui/toast.tsx";

/** Says no to a request, with a reason. */
export function RefuseDialog({
  request,
  onClose,
  onRefused,
}: {
  /** Undefined: closed. */
  readonly request: RequestView | undefined;
  readonly onClose: () => void;
  readonly onRefused: () => void;
}) {
  return (
    <Dialog
      open={request !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.refuseTitle(request?.registrationId ?? "")}
      description={text.refuseText}
    >
      {request !== undefined && (
        <RefuseForm request={request} onClose={onClose} onRefused={onRefused} />
      )}
    </Dialog>
  );
}

function RefuseForm({
  request,
  onClose,
  onRefused,
}: {
  readonly request: RequestView;
  readonly onClose: () => void;
  readonly onRefused: () => void;
}) {
  const queries = useQueryClient();
  const toast = useToast();
  const [reason, setReason] = useState("");
  const { busy, refusal, fieldError, submit } = useSubmit(refuse);
  async function answer() {
    const done = await submit({ requestId: request.id, reason });
    if (done === undefined) return;
    toast({ tone: "ok", title: text.refused(request.registrationId) });
    await queries.invalidateQueries({ queryKey: enrolmentKey });
    onRefused();
  }
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void answer();
      }}
    >
      <RefusalNote refusal={refusal} />
      <Field label={text.reason} hint={text.reasonHint} error={fieldError("reason")} required>
        <Textarea
          rows={3}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{uiText.cancel}</Button>
        <Button type="submit" variant="danger" busy={busy}>
          {text.refuseSubmit}
        </Button>
      </div>
    </form>
  );
}
