"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import type { EnrolmentEndpoint } from "#components/enrolment/endpoint.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { credentialText } from "#components/strings/credentials.ts";
import { kindText } from "#components/strings/enrolment.ts";
import { enrolmentGuideText as text, guideGroup } from "#components/strings/enrolment-guide.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { CodeTabs } from "#components/ui/code-tabs.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { enrolmentRefusals } from "#server/domain/enrolment-refusal.ts";
import { enrolmentRefusalNames, enrolmentRemedies } from "#server/domain/enrolment-remedy.ts";
import { enrolmentKinds, type EnrolmentKind } from "#server/domain/enrolment-rules.ts";
import { claimFiles, enrolmentSnippets, proofCommands } from "#server/domain/enrolment-snippets.ts";

/** The ways in which devices enrol themselves, with commands for this installation. */
export function EnrolmentGuide({
  endpoint,
  mayManage,
}: {
  readonly endpoint: EnrolmentEndpoint;
  readonly mayManage: boolean;
}) {
  return (
    <>
      <PageHeader
        title={text.title}
        subtitle={text.subtitle}
        actions={
          <>
            <ButtonLink href="/onboard/groups">{text.groups}</ButtonLink>
            <ButtonLink href="/docs/mqtt">{text.mqtt}</ButtonLink>
          </>
        }
      />
      <nav aria-label={text.contents} className="mb-4">
        <ul className="flex flex-wrap gap-x-5 gap-y-1">
          {enrolmentKinds.map((kind) => (
            <li key={kind}>
              <a href={`#${kind}`} className="text-accent hover:underline">
                {kindText[kind].name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="flex flex-col gap-5">
        {enrolmentKinds.map((kind) => (
          <KindSection key={kind} kind={kind} endpoint={endpoint} mayManage={mayManage} />
        ))}
        <Rows
          id="rules"
          title={text.rules}
          columns={[text.columnRule, text.columnMeaning]}
          rows={text.rulesRows.map(({ id, what, how }) => ({ id, what, how }))}
        />
        <Rows
          id="answers"
          title={text.answers}
          columns={[text.columnReason, text.columnRemedy]}
          rows={enrolmentRefusals.map((reason) => ({
            id: reason,
            what: (
              <>
                {enrolmentRefusalNames[reason]}
                <code className="block text-sm font-normal text-ink-3">{reason}</code>
              </>
            ),
            how: enrolmentRemedies[reason],
          }))}
          note={text.answersNote}
        />
      </div>
    </>
  );
}

function KindSection({
  kind,
  endpoint,
  mayManage,
}: {
  readonly kind: EnrolmentKind;
  readonly endpoint: EnrolmentEndpoint;
  readonly mayManage: boolean;
}) {
  return (
    <Card labelledBy={kind} className="min-w-0">
      <CardHeader
        id={kind}
        title={kindText[kind].name}
        {...(mayManage && {
          aside: (
            <Link
              href={`/onboard/groups/new?kind=${kind}`}
              aria-label={text.makeNamed(kindText[kind].name)}
              className="text-accent hover:underline"
            >
              {text.make}
            </Link>
          ),
        })}
      />
      <CardBody className="flex flex-col gap-3">
        <p className="text-ink-2">{kindText[kind].purpose}</p>
        <ol className="flex list-decimal flex-col gap-1 pl-5 text-ink-2">
          {text.order[kind].map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ol>
        {kind === "customer_ca" && (
          <CodeBlock code={proofCommands("CHALLENGE")} what={kindText[kind].name} />
        )}
        <CodeTabs
          label={kindText[kind].name}
          tabs={enrolmentSnippets({ kind, publicId: guideGroup, ...endpoint })}
        />
        <p className="text-sm text-ink-2">
          {kind !== "customer_ca" && `${text.before(guideGroup)} `}
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

/** A table of two columns; on a phone the second stands below the first. */
function Rows({
  id,
  title,
  columns,
  rows,
  note,
}: {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly [string, string];
  readonly rows: readonly {
    readonly id: string;
    readonly what: ReactNode;
    readonly how: string;
  }[];
  readonly note?: string;
}) {
  return (
    <Card labelledBy={id}>
      <CardHeader id={id} title={title} />
      <Table aria-label={title}>
        <thead className="max-md:sr-only">
          <Tr>
            {columns.map((column, index) => (
              <Th key={column} className={index === 0 ? "w-80" : ""}>
                {column}
              </Th>
            ))}
          </Tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Tr key={row.id} className="align-top max-md:block max-md:py-1.5">
              <Td className="font-medium max-md:block max-md:h-auto max-md:py-0.5">{row.what}</Td>
              <Td className="text-ink-2 max-md:block max-md:h-auto max-md:py-0.5">{row.how}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {note !== undefined && (
        <p className="border-t border-line px-3.5 py-2.5 text-sm text-ink-2">{note}</p>
      )}
    </Card>
  );
}
