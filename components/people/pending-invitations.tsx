"use client";
import { takeBack } from "#app/(console)/settings/people/actions.ts";
import { useChange } from "#components/people/use-change.ts";
import { peopleText } from "#components/strings/people.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { roleNames } from "#server/domain/roles.ts";
import type { PendingInvitation } from "#server/services/user/list.ts";

/** One-time links that nobody has used; nothing when there are none. */
export function PendingInvitations({
  invitations,
  mayManage,
}: {
  readonly invitations: readonly PendingInvitation[];
  readonly mayManage: boolean;
}) {
  const { busy, change } = useChange(takeBack, () => ({ title: peopleText.invitationRevoked }));
  if (invitations.length === 0) return null;
  return (
    <Card labelledBy="invitations-title">
      <CardHeader id="invitations-title" title={peopleText.pending} />
      <Table>
        <thead>
          <Tr>
            <Th>{peopleText.columnName}</Th>
            <Th className="max-md:hidden">{peopleText.columnRole}</Th>
            <Th className="max-md:hidden">{peopleText.columnInvitedBy}</Th>
            <Th>{peopleText.columnExpires}</Th>
            {mayManage && (
              <Th numeric>
                <span className="sr-only">{peopleText.columnActions}</span>
              </Th>
            )}
          </Tr>
        </thead>
        <tbody>
          {invitations.map((invitation) => (
            <Tr key={invitation.id}>
              <Td>
                <p className="font-medium text-ink">{invitation.name}</p>
                <p className="text-sm wrap-anywhere text-ink-2">{invitation.email}</p>
              </Td>
              <Td className="max-md:hidden">{roleNames[invitation.role]}</Td>
              <Td className="max-md:hidden">{invitation.createdBy}</Td>
              <Td>
                <RelativeTime value={invitation.expiresAt} />
              </Td>
              {mayManage && (
                <Td className="text-right">
                  <Button
                    size="sm"
                    busy={busy}
                    aria-label={peopleText.revokeInvitationLabel(invitation.email)}
                    onClick={() => void change({ invitationId: invitation.id })}
                  >
                    {peopleText.revokeInvitation}
                  </Button>
                </Td>
              )}
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
