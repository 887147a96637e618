"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { PageHeader } from "#components/layout/page-header.tsx";
import { NewSchemaButton } from "#components/schema/new-schema-dialog.tsx";
import { schemaHref, schemasQuery } from "#components/schema/schema-queries.ts";
import { useDebounced } from "#components/schema/use-debounced.ts";
import { formatNames, schemaText } from "#components/strings/schema.ts";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { SchemaSummary } from "#server/services/schema/view.ts";

const pauseMs = 200;

export type ProfileName = { readonly id: string; readonly name: string };

/** The schemas of the organisation, a search, and the button that makes one. */
export function SchemaList({
  q,
  first,
  profiles,
  mayManage,
}: {
  readonly q: string;
  /** Those that match `q`. */
  readonly first: { readonly schemas: readonly SchemaSummary[] };
  readonly profiles: readonly ProfileName[];
  readonly mayManage: boolean;
}) {
  const path = usePathname();
  const [text, setText] = useState(q);
  const wanted = useDebounced(text.trim(), pauseMs);
  const query = useQuery({ ...schemasQuery(wanted), ...(wanted === q && { initialData: first }) });
  const schemas = query.data?.schemas ?? [];
  const create = mayManage && <NewSchemaButton profiles={profiles} />;
  const isEmpty = schemas.length === 0 && query.isSuccess;
  return (
    <>
      <PageHeader
        title={schemaText.title}
        subtitle={schemaText.subtitle}
        {...(!(isEmpty && wanted === "") && mayManage && { actions: create })}
      />
      <div className="mb-3.5 flex max-w-md">
        <Input
          type="search"
          data-page-filter
          aria-label={schemaText.search}
          placeholder={schemaText.search}
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={({ currentTarget: { value } }) => {
            setText(value);
            const search = value.trim() === "" ? "" : `?q=${encodeURIComponent(value.trim())}`;
            window.history.replaceState(null, "", `${path}${search}`);
          }}
        />
      </div>
      <Card>
        {query.isError && (
          <ErrorState title={schemaText.listFailed} onRetry={() => void query.refetch()}>
            {query.error.message}
          </ErrorState>
        )}
        {isEmpty ? <Nothing text={wanted} create={create} /> : <Rows schemas={schemas} />}
      </Card>
    </>
  );
}

function Nothing({ text, create }: { readonly text: string; readonly create: React.ReactNode }) {
  if (text !== "") {
    return (
      <EmptyState title={schemaText.nothingFound(text)}>{schemaText.nothingFoundText}</EmptyState>
    );
  }
  return (
    <EmptyState title={schemaText.emptyTitle} {...(create !== false && { action: create })}>
      {create === false ? schemaText.emptyTextReader : schemaText.emptyText}
    </EmptyState>
  );
}

function Rows({ schemas }: { readonly schemas: readonly SchemaSummary[] }) {
  return (
    <Table aria-label={schemaText.listLabel}>
      <thead>
        <Tr>
          <Th>{schemaText.columnName}</Th>
          <Th className="max-md:hidden">{schemaText.columnFormat}</Th>
          <Th>{schemaText.columnVersion}</Th>
          <Th className="max-sm:hidden">{schemaText.columnDraft}</Th>
          <Th>{schemaText.columnProfiles}</Th>
        </Tr>
      </thead>
      <tbody>
        {schemas.map((schema) => (
          <Tr key={schema.id}>
            <Td>
              <Link
                href={schemaHref(schema.name)}
                className="font-medium wrap-anywhere text-ink hover:underline"
              >
                {schema.name}
              </Link>
              {schema.description !== "" && (
                <p className="line-clamp-1 text-sm text-ink-3">{schema.description}</p>
              )}
            </Td>
            <Td className="max-md:hidden">{formatNames[schema.format]}</Td>
            <Td>
              {schema.latestVersion === null ? (
                <span className="text-ink-3">{schemaText.notPublished}</span>
              ) : (
                schemaText.versionShort(schema.latestVersion)
              )}
            </Td>
            <Td className="max-sm:hidden">
              <DraftCell schema={schema} />
            </Td>
            <Td className="whitespace-nowrap">
              {schema.profiles === 0 ? (
                <span className="text-ink-3">{schemaText.notUsed}</span>
              ) : (
                schemaText.profiles(schema.profiles)
              )}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function DraftCell({ schema }: { readonly schema: SchemaSummary }) {
  if (!schema.hasDraft) return <span className="text-ink-3">{schemaText.noDraft}</span>;
  return (
    <>
      <RelativeTime value={schema.draftUpdatedAt} />
      {schema.draftUpdatedBy !== null && schema.draftUpdatedBy !== "" && (
        <span className="block text-sm text-ink-3">
          {schemaText.draftBy(schema.draftUpdatedBy)}
        </span>
      )}
    </>
  );
}
