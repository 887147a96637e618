"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { BindDialog } from "#components/schema/bind-dialog.tsx";
import { BindingTable } from "#components/schema/binding-table.tsx";
import { PolicyCard } from "#components/schema/policy-card.tsx";
import { schemaQuery, schemasKey } from "#components/schema/schema-queries.ts";
import { useText } from "#components/strings/schema-use.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { ProfileSummary } from "#server/services/profile/list.ts";
import type { SchemaView } from "#server/services/schema/view.ts";

/** Where a schema counts: its bindings with what is on trial, and the rules of those profiles. */
export function SchemaUse({
  first,
  profiles,
  mayManage,
  mayRule,
}: {
  readonly first: SchemaView;
  readonly profiles: readonly ProfileSummary[];
  readonly mayManage: boolean;
  /** May change the rules of profiles. */
  readonly mayRule: boolean;
}) {
  const queries = useQueryClient();
  const { data: schema } = useQuery(schemaQuery(first));
  const [binding, setBinding] = useState(false);
  const isPublished = schema.versions.length > 0;
  const bindButton = mayManage && isPublished && (
    <Button variant="primary" onClick={() => setBinding(true)}>
      {useText.bind}
    </Button>
  );
  const used = new Set(schema.bindings.map(({ profileId }) => profileId));
  return (
    <div className="flex flex-col gap-4">
      <Card labelledBy="bindings">
        <CardHeader
          id="bindings"
          title={useText.title}
          {...(schema.bindings.length > 0 && { aside: bindButton })}
        />
        {schema.bindings.length === 0 ? (
          <EmptyState title={useText.none} {...(bindButton !== false && { action: bindButton })}>
            {isPublished ? useText.noneText : useText.noneUnpublished}
          </EmptyState>
        ) : (
          <>
            <p className="px-3.5 pt-3 pb-1.5 text-ink-2">{useText.intro}</p>
            <BindingTable schema={schema} mayManage={mayManage} />
          </>
        )}
      </Card>
      {profiles
        .filter(({ id }) => used.has(id))
        .map((profile) => (
          <PolicyCard key={profile.id} profile={profile} mayManage={mayRule} />
        ))}
      {binding && (
        <BindDialog
          schema={schema}
          profiles={profiles.filter(({ open }) => !open)}
          onClose={() => setBinding(false)}
          onDone={() => {
            setBinding(false);
            void queries.invalidateQueries({ queryKey: schemasKey });
          }}
        />
      )}
    </div>
  );
}
