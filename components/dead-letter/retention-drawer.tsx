"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keepFor } from "#app/(console)/dead-letters/actions.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import { retentionKey, retentionQuery } from "#components/dead-letter/group-queries.ts";
import { useShell } from "#components/layout/shell-context.ts";
import { careText } from "#components/strings/workbench.ts";
import { Button } from "#components/ui/button.tsx";
import { Drawer } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { may } from "#server/domain/roles.ts";
import type { DeadLetterRetention } from "#server/services/dead-letter/list-retention.ts";

/** For how many days letters are kept, by data category. */
export function RetentionDrawer({ onClose }: { readonly onClose: () => void }) {
  const query = useQuery(retentionQuery());
  const mayChange = may(useShell().user.role, "retention.manage");
  return (
    <Drawer
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={careText.retentionTitle}
      description={careText.retentionText}
    >
      {query.isPending && <Skeleton className="h-48 w-full" />}
      {query.isError && (
        <ErrorState title={careText.retentionFailed} onRetry={() => void query.refetch()}>
          {query.error.message}
        </ErrorState>
      )}
      {query.data !== undefined && (
        <Table>
          <thead>
            <Tr>
              <Th>{careText.category}</Th>
              <Th>{careText.days}</Th>
            </Tr>
          </thead>
          <tbody>
            {query.data.map((each) => (
              <Tr key={each.category}>
                <Td className="font-medium text-ink">{careText.categories[each.category]}</Td>
                <Td>
                  {mayChange ? (
                    <DaysForm key={each.days} retention={each} />
                  ) : (
                    <Days retention={each} />
                  )}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Drawer>
  );
}

function Days({ retention }: { readonly retention: DeadLetterRetention }) {
  return (
    <>
      {retention.days}{" "}
      {retention.isDefault && <span className="text-ink-3">{careText.isDefault}</span>}
    </>
  );
}

function DaysForm({ retention }: { readonly retention: DeadLetterRetention }) {
  const client = useQueryClient();
  const toast = useToast();
  const [text, setText] = useState(String(retention.days));
  const { busy, refusal, submit } = useSubmit(keepFor);
  const name = careText.categories[retention.category];
  async function save() {
    const days = Number(text);
    if ((await submit({ category: retention.category, days })) === undefined) return;
    toast({ tone: "ok", title: careText.retentionSaved(name, text) });
    await client.invalidateQueries({ queryKey: retentionKey });
  }
  return (
    <form
      noValidate
      className="flex items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void save();
      }}
    >
      <Field
        hideLabel
        label={careText.daysOf(name)}
        error={refusal?.fields[0]?.message ?? refusal?.message}
      >
        <Input
          inputMode="numeric"
          autoComplete="off"
          className="w-24!"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
      {text !== String(retention.days) && (
        <Button type="submit" busy={busy} variant="primary">
          {careText.save}
        </Button>
      )}
      {text === String(retention.days) && retention.isDefault && (
        <span className="flex h-8.5 items-center text-ink-3">{careText.isDefault}</span>
      )}
    </form>
  );
}
