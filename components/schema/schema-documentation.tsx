import Link from "next/link";
import { schemaHref } from "#components/schema/schema-queries.ts";
import { FieldTable } from "#components/schema/field-table.tsx";
import { schemaText } from "#components/strings/schema.ts";
import { documentationText } from "#components/strings/schema-use.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CodeTabs } from "#components/ui/code-tabs.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { SchemaDocument } from "#server/services/schema/view.ts";

/** What a version asks of those who write a device's program: its fields, and snippets that work. */
export function SchemaDocumentation({
  name,
  versions,
  document,
}: {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly number[];
  readonly document: SchemaDocument | null;
}) {
  if (document === null) {
    return (
      <Card>
        <EmptyState title={documentationText.none}>{documentationText.noneText}</EmptyState>
      </Card>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <Card labelledBy="documented-fields">
        <CardHeader
          id="documented-fields"
          title={documentationText.title}
          aside={<Versions name={name} versions={versions} current={document.version} />}
        />
        <FieldTable fields={document.fields} />
      </Card>
      <Card labelledBy="snippets">
        <CardHeader id="snippets" title={documentationText.snippets} />
        <CardBody>
          <CodeTabs
            label={documentationText.snippets}
            tabs={document.snippets.map((snippet) => ({
              ...snippet,
              before: documentationText.snippetsText,
            }))}
          />
        </CardBody>
      </Card>
    </div>
  );
}

function Versions({
  name,
  versions,
  current,
}: {
  readonly name: string;
  readonly versions: readonly number[];
  readonly current: number;
}) {
  const recent = versions.slice(0, 8);
  const shown = recent.includes(current) ? recent : [...recent, current];
  return (
    <nav aria-label={documentationText.versions}>
      <ul className="flex flex-wrap gap-1">
        {shown.map((version) => (
          <li key={version}>
            <Link
              href={`${schemaHref(name, "documentation")}?version=${version}`}
              aria-current={version === current ? "page" : undefined}
              className="inline-flex h-6 items-center rounded-sm border border-transparent px-2 text-ink-2 hover:bg-sunken aria-[current]:border-line-strong aria-[current]:font-medium aria-[current]:text-ink"
            >
              {schemaText.versionShort(version)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
