"use client";
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { EditorRun } from "#components/schema/editor-run.tsx";
import { emptyDefinition } from "#components/schema/editor-draft.ts";
import { schemaQuery, schemaVersionQuery } from "#components/schema/schema-queries.ts";
import type { EditorBase } from "#components/schema/use-draft.ts";
import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import type { SchemaView } from "#server/services/schema/view.ts";

/** What is saved of a schema now: its draft, or else the newest version. */
async function savedBase(client: QueryClient, first: SchemaView): Promise<EditorBase> {
  const schema = await client.fetchQuery({ ...schemaQuery(first), staleTime: 0 });
  const { revision, draft, format, name } = schema;
  if (draft !== null) return { definition: draft.definition, revision };
  const latest = schema.versions[0];
  if (latest === undefined) return { definition: emptyDefinition(format), revision };
  const { definition } = await client.fetchQuery(schemaVersionQuery(name, latest.version));
  return { definition, revision };
}

/** The draft of a schema as form and source, with what is known of it as it is now. */
export function SchemaEditor({
  first,
  start,
  mayManage,
}: {
  readonly first: SchemaView;
  /** What the editing begins with. */
  readonly start: SchemaDefinition;
  readonly mayManage: boolean;
}) {
  const client = useQueryClient();
  const { data: schema } = useQuery(schemaQuery(first));
  const [base, setBase] = useState<EditorBase & { readonly run: number }>({
    run: 0,
    definition: start,
    revision: first.revision,
  });
  return (
    <EditorRun
      key={base.run}
      schema={schema}
      base={base}
      mayManage={mayManage}
      onReload={async () => {
        const saved = await savedBase(client, first);
        setBase(({ run }) => ({ ...saved, run: run + 1 }));
      }}
    />
  );
}
