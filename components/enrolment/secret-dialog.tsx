"use client";
import { makeSecret } from "#app/(console)/onboard/groups/actions.ts";
import { OnceDialog } from "#components/enrolment/once-dialog.tsx";
import { useEndpoint } from "#components/enrolment/endpoint.tsx";
import type { GroupDetail } from "#components/enrolment/views.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CodeTabs } from "#components/ui/code-tabs.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import { enrolmentSnippets } from "#server/domain/enrolment-snippets.ts";

type Fresh = { readonly secret: string; readonly expiresAt: string };

/** Button and form that make a one-time secret; then the secret and its commands, this once. */
export function SecretDialog({ group }: { readonly group: GroupDetail }) {
  return (
    <OnceDialog
      action={makeSecret}
      inputOf={({ life: hours, ...rest }) => ({ groupId: group.id, hours, ...rest })}
      makeLabel={text.makeSecret}
      lifeLabel={text.hours}
      life="24"
      intro={text.secretsIntro}
      once={{ title: text.secretTitle, description: text.secretOnce }}
      size="lg"
    >
      {(fresh) => <SecretOnce group={group} fresh={fresh} />}
    </OnceDialog>
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
