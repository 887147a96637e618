"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { saveGrants } from "#app/(console)/settings/service-clients/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { GrantsEditor } from "#components/service-client/grants-editor.tsx";
import { draftOf, grantsOf, type GrantDraft } from "#components/service-client/grants.ts";
import { serviceClientsKey } from "#components/service-client/service-client-queries.ts";
import { serviceText } from "#components/strings/service-client.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { ServiceClientView } from "#server/services/service-client/view.ts";

/** What a service client may do, to read and to change. */
export function GrantsCard({
  client,
  mayManage,
  operator,
}: {
  readonly client: ServiceClientView;
  readonly mayManage: boolean;
  readonly operator: boolean;
}) {
  const [drafts, setDrafts] = useState<readonly GrantDraft[]>();
  const editing = drafts !== undefined;
  return (
    <Card labelledBy="grants">
      <CardHeader
        id="grants"
        title={serviceText.grants}
        aside={
          mayManage &&
          !editing && (
            <Button size="sm" onClick={() => setDrafts(client.grants.map(draftOf))}>
              {serviceText.editGrants}
            </Button>
          )
        }
      />
      {editing ? (
        <GrantsForm
          client={client}
          drafts={drafts}
          operator={operator}
          onChange={setDrafts}
          onClose={() => setDrafts(undefined)}
        />
      ) : (
        <GrantList grants={client.grants} />
      )}
    </Card>
  );
}

function GrantList({ grants }: { readonly grants: ServiceClientView["grants"] }) {
  if (grants.length === 0) return <p className="p-3.5 text-ink-2">{serviceText.noGrants}</p>;
  return (
    <ul className="divide-y divide-line">
      {grants.map(({ filter, maySubscribe, mayPublish }) => (
        <li key={filter} className="flex flex-wrap justify-between gap-x-4 gap-y-1 px-3.5 py-2">
          <code className="text-sm wrap-anywhere text-ink">{filter}</code>
          <span className="text-ink-2">
            {[maySubscribe && serviceText.subscribe, mayPublish && serviceText.publish]
              .filter((word) => word !== false)
              .join(", ")}
          </span>
        </li>
      ))}
    </ul>
  );
}

function GrantsForm({
  client,
  drafts,
  operator,
  onChange,
  onClose,
}: {
  readonly client: ServiceClientView;
  readonly drafts: readonly GrantDraft[];
  readonly operator: boolean;
  readonly onChange: (drafts: readonly GrantDraft[]) => void;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const toast = useToast();
  const { busy, refusal, fieldError, submit } = useSubmit(saveGrants);
  async function save() {
    const saved = await submit({ serviceClient: client.id, grants: [...grantsOf(drafts)] });
    if (saved === undefined) return;
    toast({ tone: "ok", title: serviceText.grantsSaved, detail: serviceText.grantsSavedDetail });
    await queries.invalidateQueries({ queryKey: serviceClientsKey });
    onClose();
  }
  return (
    <CardBody>
      <form
        className="flex flex-col gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void save();
        }}
      >
        <RefusalNote refusal={refusal} />
        <GrantsEditor
          grants={drafts}
          errorOf={(index) => fieldError(`grants.${index}.filter`)}
          operator={operator}
          onChange={onChange}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{uiText.cancel}</Button>
          <Button type="submit" variant="primary" busy={busy}>
            {serviceText.saveGrants}
          </Button>
        </div>
      </form>
    </CardBody>
  );
}
