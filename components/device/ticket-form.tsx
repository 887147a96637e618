"use client";
import { useState } from "react";
import { makeTicket } from "#app/(console)/devices/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import type { RenewalEndpoint } from "#components/device/rotation-card.tsx";
import { rotationText } from "#components/strings/rotation.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import { ticketSnippet } from "#server/domain/renewal-snippets.ts";
import { ticketDays } from "#server/domain/renewal.ts";
import type { TicketCreated } from "#server/services/renewal-ticket/create.ts";

/** Asks for how long a ticket counts, and makes it. */
export function TicketForm({
  deviceId,
  onMade,
  onClose,
}: {
  readonly deviceId: string;
  readonly onMade: (made: TicketCreated) => void;
  readonly onClose: () => void;
}) {
  const [days, setDays] = useState(String(ticketDays.usual));
  const { busy, refusal, fieldError, submit } = useSubmit(makeTicket);
  async function make() {
    const made = await submit({ deviceId, days: Number(days) });
    if (made !== undefined) onMade(made);
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={rotationText.makeTitle(deviceId)}
      description={rotationText.makeText}
    >
      <form
        className="flex flex-col gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void make();
        }}
      >
        <RefusalNote refusal={refusal} />
        <Field label={rotationText.makeDays} error={fieldError("days")}>
          <Input
            type="number"
            min={ticketDays.min}
            max={ticketDays.max}
            step={1}
            value={days}
            onChange={(event) => setDays(event.currentTarget.value)}
          />
        </Field>
        <div className="flex justify-end">
          <Button type="submit" variant="primary" busy={busy}>
            {rotationText.make}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Shows a ticket's code this once, and how the device uses it. Closing forgets it. */
export function TicketCode({
  fresh,
  endpoint,
  onClose,
}: {
  /** Undefined: nothing to show. */
  readonly fresh: TicketCreated | undefined;
  readonly endpoint: RenewalEndpoint;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      size="lg"
      open={fresh !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={rotationText.codeTitle}
      description={rotationText.codeOnce}
      footer={
        <Button variant="primary" onClick={onClose}>
          {rotationText.done}
        </Button>
      }
    >
      {fresh !== undefined && <Code fresh={fresh} endpoint={endpoint} />}
    </Dialog>
  );
}

function Code({
  fresh,
  endpoint,
}: {
  readonly fresh: TicketCreated;
  readonly endpoint: RenewalEndpoint;
}) {
  const { deviceId, code, expiresAt } = fresh;
  const { name, before, code: command } = ticketSnippet({ deviceId, ...endpoint, ticket: code });
  return (
    <div className="flex flex-col gap-5">
      <KeyValues
        items={[
          {
            key: "username",
            label: rotationText.username,
            value: <CopyText text={deviceId} what={rotationText.username} />,
          },
          {
            key: "code",
            label: rotationText.code,
            value: <CopyText text={code} what={rotationText.code} />,
          },
          {
            key: "until",
            label: rotationText.until,
            value: <ExactTime value={expiresAt} />,
          },
        ]}
      />
      <div className="flex flex-col gap-2">
        <p className="text-ink-2">{before}</p>
        <CodeBlock code={command} what={name} />
      </div>
    </div>
  );
}
