"use client";
import { useState } from "react";
import { disable } from "#app/(console)/settings/people/actions.ts";
import { InviteDialog } from "#components/people/invite-dialog.tsx";
import { OneTimeSecret } from "#components/people/one-time-secret.tsx";
import { PendingInvitations } from "#components/people/pending-invitations.tsx";
import { PersonRow } from "#components/people/person-row.tsx";
import { useChange } from "#components/people/use-change.ts";
import { peopleText } from "#components/strings/people.ts";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Th, Tr } from "#components/ui/table.tsx";
import type { IssuedLink } from "#server/services/invitation/insert.ts";
import type { People, Person } from "#server/services/user/list.ts";

/** Everyone with an account, and those who were invited. */
export function PeopleList({
  people,
  invitations,
  ownId,
  mayManage,
}: People & { readonly ownId: string; readonly mayManage: boolean }) {
  const [link, setLink] = useState<IssuedLink>();
  const [disabling, setDisabling] = useState<Person>();
  return (
    <>
      <Card labelledBy="people-title">
        <CardHeader
          id="people-title"
          title={peopleText.people}
          {...(mayManage && { aside: <InviteDialog onLink={setLink} /> })}
        />
        <Table>
          <thead>
            <Tr>
              <Th>{peopleText.columnName}</Th>
              <Th className="max-md:hidden">{peopleText.columnRole}</Th>
              <Th>{peopleText.columnState}</Th>
              <Th className="max-md:hidden">{peopleText.columnLastSeen}</Th>
              {mayManage && (
                <Th numeric>
                  <span className="sr-only">{peopleText.columnActions}</span>
                </Th>
              )}
            </Tr>
          </thead>
          <tbody>
            {people.map((person) => (
              <PersonRow
                key={person.id}
                person={person}
                own={person.id === ownId}
                mayManage={mayManage}
                onLink={setLink}
                onDisable={setDisabling}
              />
            ))}
          </tbody>
        </Table>
      </Card>
      <PendingInvitations invitations={invitations} mayManage={mayManage} />
      <OneTimeSecret
        title={peopleText.linkTitle}
        description={peopleText.linkOnce}
        what={peopleText.linkFor(link?.email ?? "")}
        text={link === undefined ? undefined : `${window.location.origin}/invite#${link.token}`}
        onClose={() => setLink(undefined)}
      />
      <DisableDialog person={disabling} onClose={() => setDisabling(undefined)} />
    </>
  );
}

function DisableDialog({
  person,
  onClose,
}: {
  readonly person: Person | undefined;
  readonly onClose: () => void;
}) {
  const { busy, change } = useChange(disable, ({ sessionsEnded, liveTokens }) => ({
    title: peopleText.disabledToast,
    detail:
      liveTokens > 0
        ? peopleText.disabledTokens(formatCount(liveTokens))
        : peopleText.disabledDetail(formatCount(sessionsEnded)),
  }));
  return (
    <DangerDialog
      open={person !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={peopleText.disableTitle(person?.name ?? "")}
      description={peopleText.disableText}
      confirmLabel={peopleText.disableConfirm}
      busy={busy}
      onConfirm={() => {
        if (person !== undefined) void change({ userId: person.id }).then(onClose);
      }}
    />
  );
}
