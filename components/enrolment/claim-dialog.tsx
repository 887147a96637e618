"use client";
import { Download } from "lucide-react";
import { makeClaim } from "#app/(console)/onboard/groups/actions.ts";
import { downloadFile } from "#components/device/download.ts";
import { OnceDialog } from "#components/enrolment/once-dialog.tsx";
import type { FreshClaim, GroupDetail } from "#components/enrolment/views.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Button } from "#components/ui/button.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import { claimFiles } from "#server/domain/enrolment-snippets.ts";

/** Button and form that make a claim certificate; then its files, this once. */
export function ClaimDialog({ group }: { readonly group: GroupDetail }) {
  return (
    <OnceDialog
      action={makeClaim}
      inputOf={({ life: days, ...rest }) => ({ groupId: group.id, days, ...rest })}
      makeLabel={text.makeClaim}
      lifeLabel={text.days}
      life="365"
      intro={text.claimsIntro}
      once={{ title: text.claimTitle, description: text.claimOnce }}
      size="md"
    >
      {(fresh) => <ClaimFiles fresh={fresh} />}
    </OnceDialog>
  );
}

function ClaimFiles({ fresh }: { readonly fresh: FreshClaim }) {
  const files = [
    {
      name: claimFiles.certificate,
      what: text.fileCertificate,
      content: fresh.certificatePem + fresh.chainPem,
    },
    { name: claimFiles.key, what: text.fileKey, content: fresh.privateKeyPem },
    { name: claimFiles.ca, what: text.fileCa, content: fresh.caPem },
  ];
  return (
    <div className="flex flex-col gap-3">
      <ul className="divide-y divide-line rounded border border-line">
        {files.map((file) => (
          <li key={file.name} className="flex flex-wrap items-center gap-3 px-3 py-2">
            <span className="min-w-0 flex-1">
              <span className="block truncate font-mono text-sm">{file.name}</span>
              <span className="text-sm text-ink-3">{file.what}</span>
            </span>
            <Button
              size="sm"
              aria-label={text.downloadNamed(file.name)}
              onClick={() => downloadFile(file.name, file.content)}
            >
              {text.download}
            </Button>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          variant="primary"
          onClick={() => {
            for (const file of files) downloadFile(file.name, file.content);
          }}
        >
          <Download aria-hidden className="size-4" />
          {text.downloadAll}
        </Button>
        <span className="text-sm text-ink-3">
          {text.validUntil} <ExactTime value={fresh.expiresAt} show="date" />
        </span>
      </div>
    </div>
  );
}
