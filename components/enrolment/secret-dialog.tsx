"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { makeSecret } from "#app/(console)/onboard/groups/actions.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import { CredentialForm } from "#components/enrolment/credential-form.tsx";
import { useEndpoint } from "#components/enrolment/endpoint.tsx";
import { enrolmentKey } from "#components/enrolment/enrolment-queries.ts";
import type { GroupDetail } from "#components/enrolment/views.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CodeTabs } from "#components/ui/code-tabs.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import { enrolmentSnippets } from "#server/domain/enrolment-snippets.ts";

type Fresh = { readonly secret: string; readonly expiresAt: string };

/** Button and form that make a one-time secret; then the secret and its commands, this once. */
export function SecretDialog({ group }: { readonly group: GroupDetail }) {
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [fresh, setFresh] = useState<Fresh>();
  const { busy, refusal, fieldError, submit } = useSubmit(makeSecret);
  function close() {
    setOpen(false);
    setFresh(undefined);
  }
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        {text.makeSecret}
      </Button>
      <Dialog
        size={fresh === undefined ? "md" : "lg"}
        open={open}
        onOpenChange={(next) => (next ? setOpen(true) : close())}
        title={fresh === undefined ? text.makeSecret : text.secretTitle}
        description={fresh === undefined ? text.secretsIntro : text.secretOnce}
        {...(fresh !== undefined && {
          footer: (
            <Button variant="primary" onClick={close}>
              {text.done}
            </Button>
          ),
        })}
      >
        {open && fresh === undefined && (
          <CredentialForm
            lifeLabel={text.hours}
            life="24"
            submitLabel={text.makeSecret}
            busy={busy}
            refusal={refusal}
            fieldError={fieldError}
            onSubmit={({ life: hours, ...rest }) => {
              void submit({ groupId: group.id, hours, ...rest }).then((made) => {
                setFresh(made);
                return queries.invalidateQueries({ queryKey: enrolmentKey });
              });
            }}
          />
        )}
        {fresh !== undefined && <SecretOnce group={group} fresh={fresh} />}
      </Dialog>
    </>
  );
}

function SecretOnce({ group, fresh }: { readonly group: GroupDetail; readonly fresh: Fresh }) {
  const endpoint = useEndpoint();
  return (
    <div className="flex flex-col gap-4">
      <CodeBlock code={fresh.secret} what={text.secret} />
      <p className="text-sm text-ink-3">
        {text.validUntil} <ExactTime value={fresh.expiresAt} />
      </p>
      <CodeTabs
        label={text.connect}
        tabs={enrolmentSnippets({
          kind: group.kind,
          publicId: group.publicId,
          secret: fresh.secret,
          ...endpoint,
        })}
      />
    </div>
  );
}
