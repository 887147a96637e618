"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { schemaHref, schemaQuery } from "#components/schema/schema-queries.ts";
import { VersionCard } from "#components/schema/version-card.tsx";
import { versionText } from "#components/strings/schema-use.ts";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { SchemaView, VersionSummary } from "#server/services/schema/view.ts";

/** The version that the address names, if there is one of that number. */
function versionIn(
  text: string | null,
  versions: readonly VersionSummary[],
): VersionSummary | undefined {
  return text === null ? undefined : versions.find(({ version }) => String(version) === text);
}

/** Every version of a schema; one of them open, alone or beside another. The address says which. */
export function SchemaVersions({ first }: { readonly first: SchemaView }) {
  const search = useSearchParams();
  const { data: schema } = useQuery(schemaQuery(first));
  const { versions } = schema;
  const shown = versionIn(search.get("show"), versions) ?? versions[0];
  if (shown === undefined) {
    return (
      <Card>
        <EmptyState title={versionText.none}>{versionText.noneText}</EmptyState>
      </Card>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <Card labelledBy="versions">
        <CardHeader id="versions" title={versionText.title} />
        <VersionTable schema={schema} shown={shown.version} />
      </Card>
      <VersionCard
        name={schema.name}
        versions={versions}
        version={shown.version}
        other={versionIn(search.get("with"), versions)?.version}
      />
    </div>
  );
}

function VersionTable({ schema, shown }: { readonly schema: SchemaView; readonly shown: number }) {
  return (
    <Table>
      <thead>
        <Tr>
          <Th>{versionText.columnVersion}</Th>
          <Th>{versionText.columnPublished}</Th>
          <Th className="max-md:hidden">{versionText.columnNotes}</Th>
          <Th numeric className="max-sm:hidden">
            {versionText.columnFields}
          </Th>
          <Th>{versionText.columnUse}</Th>
        </Tr>
      </thead>
      <tbody>
        {schema.versions.map((version) => (
          <Tr key={version.version} className={version.version === shown ? "bg-sunken" : ""}>
            <Td>
              <Link
                href={`${schemaHref(schema.name, "versions")}?show=${version.version}`}
                scroll={false}
                aria-current={version.version === shown ? "true" : undefined}
                className="font-medium text-ink hover:underline"
              >
                {versionText.shown(version.version)}
              </Link>
            </Td>
            <Td>
              <RelativeTime value={version.publishedAt} />
              {version.publishedBy !== "" && (
                <span className="block text-sm wrap-anywhere text-ink-3">
                  {versionText.by(version.publishedBy)}
                </span>
              )}
            </Td>
            <Td className="max-w-96 max-md:hidden">
              {version.notes === "" ? (
                <span className="text-ink-3">{versionText.noNotes}</span>
              ) : (
                <span className="line-clamp-2">{version.notes}</span>
              )}
            </Td>
            <Td numeric className="max-sm:hidden">
              {version.fields}
            </Td>
            <Td>
              <InUse schema={schema} version={version.version} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function InUse({ schema, version }: { readonly schema: SchemaView; readonly version: number }) {
  const profiles = new Set(
    schema.bindings
      .filter((each) => each.schema === schema.name && each.version === version)
      .map(({ profileId }) => profileId),
  );
  if (profiles.size === 0) return <span className="text-ink-3">{versionText.notInUse}</span>;
  return versionText.inUse(profiles.size);
}
