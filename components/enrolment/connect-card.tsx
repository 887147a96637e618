"use client";
import Link from "next/link";
import { useEndpoint } from "#components/enrolment/endpoint.tsx";
import type { GroupSummary } from "#components/enrolment/views.ts";
import { credentialText } from "#components/strings/credentials.ts";
import { kindText } from "#components/strings/enrolment.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CodeTabs } from "#components/ui/code-tabs.tsx";
import { claimFiles, enrolmentSnippets } from "#server/domain/enrolment-snippets.ts";

/** Commands by which a device of this group enrols, with the real host and ports. */
export function ConnectCard({ group }: { readonly group: GroupSummary }) {
  const endpoint = useEndpoint();
  const { kind, publicId } = group;
  return (
    <Card labelledBy="connect" className="min-w-0">
      <CardHeader
        id="connect"
        title={text.connect}
        aside={
          <Link href={`/docs/enrolment#${kind}`} className="text-accent hover:underline">
            {text.connectGuide}
          </Link>
        }
      />
      <CardBody>
        <p className="mb-3 text-ink-2">{kindText[kind].needs}</p>
        <CodeTabs label={text.connect} tabs={enrolmentSnippets({ kind, publicId, ...endpoint })} />
        <p className="mt-3 text-sm text-ink-2">
          <a href="/api/console/ca" download={claimFiles.ca} className="underline">
            {credentialText.downloadNamed(claimFiles.ca)}
          </a>
          {", "}
          {credentialText.fileCaWhy}.
        </p>
      </CardBody>
    </Card>
  );
}
