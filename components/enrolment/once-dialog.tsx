"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useSubmit } from "#components/auth/use-submit.ts";
import type { AskedCredential } from "#components/enrolment/credential-draft.ts";
import { CredentialForm } from "#components/enrolment/credential-form.tsx";
import { enrolmentKey } from "#components/enrolment/enrolment-queries.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import type { ActionResult } from "#server/web/action.ts";

/** What the dialog says before and after the thing is made. */
type Words = { readonly title: string; readonly description: string };

type OnceDialogProps<I, T> = {
  readonly action: (input: I) => Promise<ActionResult<T>>;
  readonly inputOf: (asked: AskedCredential) => I;
  readonly makeLabel: string;
  readonly lifeLabel: string;
  readonly life: string;
  readonly intro: string;
  readonly once: Words;
  /** Of the dialog that shows what was made. */
  readonly size: "md" | "lg";
  readonly children: (fresh: T) => ReactNode;
};

/** Button and form that make a claim certificate or a secret; then what was made, this once. */
export function OnceDialog<I, T>({
  action,
  inputOf,
  makeLabel,
  lifeLabel,
  life,
  intro,
  once,
  size,
  children,
}: OnceDialogProps<I, T>) {
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [fresh, setFresh] = useState<T>();
  const { busy, refusal, fieldError, submit } = useSubmit(action);
  const isMade = fresh !== undefined;
  const words: Words = isMade ? once : { title: makeLabel, description: intro };
  function close() {
    setOpen(false);
    setFresh(undefined);
  }
  async function make(asked: AskedCredential) {
    setFresh(await submit(inputOf(asked)));
    await queries.invalidateQueries({ queryKey: enrolmentKey });
  }
  const done = (
    <Button variant="primary" onClick={close}>
      {text.done}
    </Button>
  );
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        {makeLabel}
      </Button>
      <Dialog
        size={isMade ? size : "md"}
        open={open}
        onOpenChange={(next) => (next ? setOpen(true) : close())}
        {...words}
        {...(isMade && { footer: done })}
      >
        {open && !isMade && (
          <CredentialForm
            {...{ lifeLabel, life, busy, refusal, fieldError }}
            submitLabel={makeLabel}
            onSubmit={(asked) => void make(asked)}
          />
        )}
        {isMade && children(fresh)}
      </Dialog>
    </>
  );
}
