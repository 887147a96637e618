"use client";
import { useQuery } from "@tanstack/react-query";
import { PageHeader } from "#components/layout/page-header.tsx";
import { schemaHref, schemaQuery } from "#components/schema/schema-queries.ts";
import { formatNames, schemaText } from "#components/strings/schema.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { TabLinks } from "#components/ui/tabs.tsx";
import type { SchemaView } from "#server/services/schema/view.ts";

/** The top of a schema's pages: what it is, how far it is, and the tabs. */
export function SchemaHeader({ first }: { readonly first: SchemaView }) {
  const { data: schema } = useQuery(schemaQuery(first));
  const latest = schema.versions[0];
  return (
    <>
      <PageHeader
        breadcrumb={[{ label: schemaText.title, href: "/schemas" }, { label: schema.name }]}
        title={schema.name}
        badge={
          <>
            {latest !== undefined && (
              <StateBadge tone="ok">{schemaText.publishedBadge(latest.version)}</StateBadge>
            )}
            {schema.draft !== null && (
              <StateBadge tone="accent">{schemaText.draftBadge}</StateBadge>
            )}
          </>
        }
        subtitle={
          schema.description === ""
            ? formatNames[schema.format]
            : schemaText.described(formatNames[schema.format], schema.description)
        }
      />
      <div className="mb-4">
        <TabLinks
          label={schemaText.tabs}
          tabs={[
            { href: schemaHref(schema.name), label: schemaText.tabEditor, exact: true },
            {
              href: schemaHref(schema.name, "versions"),
              label: schemaText.tabVersions,
              count: String(schema.versions.length),
            },
            {
              href: schemaHref(schema.name, "use"),
              label: schemaText.tabUse,
              count: String(new Set(schema.bindings.map(({ profileId }) => profileId)).size),
            },
            { href: schemaHref(schema.name, "documentation"), label: schemaText.tabDocumentation },
          ]}
        />
      </div>
    </>
  );
}
