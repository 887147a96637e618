"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { endTicket } from "#app/(console)/devices/actions.ts";
import type { RenewalEndpoint } from "#components/device/rotation-card.tsx";
import { ticketsQuery } from "#components/device/rotation-queries.ts";
import { TicketCode, TicketForm } from "#components/device/ticket-form.tsx";
import { useChange } from "#components/people/use-change.ts";
import { rotationText } from "#components/strings/rotation.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { ExactTime, RelativeTime } from "#components/ui/time.tsx";
import type { TicketCreated } from "#server/services/renewal-ticket/create.ts";
import type { TicketState, TicketView } from "#server/services/renewal-ticket/list.ts";

const tones: Readonly<Record<TicketState, Tone>> = {
  open: "accent",
  used: "ok",
  expired: "idle",
  revoked: "idle",
};

/** Tickets for renewal after the end: make, look at, revoke. Each code is shown once. */
export function TicketsCard({
  deviceId,
  first,
  endpoint,
  mayManage,
}: {
  readonly deviceId: string;
  readonly first: readonly TicketView[];
  readonly endpoint: RenewalEndpoint;
  readonly mayManage: boolean;
}) {
  const queries = useQueryClient();
  const list = useQuery({ ...ticketsQuery(deviceId), initialData: first });
  const [isMaking, setMaking] = useState(false);
  const [fresh, setFresh] = useState<TicketCreated>();
  const [ending, setEnding] = useState<TicketView>();
  const refresh = () => void queries.invalidateQueries({ queryKey: ["device", deviceId] });
  return (
    <Card labelledBy="tickets">
      <CardHeader
        id="tickets"
        title={rotationText.ticketsTitle}
        aside={
          mayManage && (
            <Button size="sm" onClick={() => setMaking(true)}>
              {rotationText.make}
            </Button>
          )
        }
      />
      <p className="max-w-3xl px-3.5 pt-3 pb-1.5 text-ink-2">{rotationText.ticketsIntro}</p>
      {list.isError ? (
        <ErrorState title={rotationText.ticketsFailed} onRetry={() => void list.refetch()}>
          {list.error.message}
        </ErrorState>
      ) : (
        <TicketRows tickets={list.data} {...(mayManage && { onRevoke: setEnding })} />
      )}
      {isMaking && (
        <TicketForm
          deviceId={deviceId}
          onClose={() => setMaking(false)}
          onMade={(made) => {
            setMaking(false);
            setFresh(made);
            refresh();
          }}
        />
      )}
      <TicketCode fresh={fresh} endpoint={endpoint} onClose={() => setFresh(undefined)} />
      <RevokeTicket
        deviceId={deviceId}
        ticket={ending}
        onClose={() => setEnding(undefined)}
        onRevoked={refresh}
      />
    </Card>
  );
}

function TicketRows({
  tickets,
  onRevoke,
}: {
  readonly tickets: readonly TicketView[];
  readonly onRevoke?: (ticket: TicketView) => void;
}) {
  if (tickets.length === 0) return <EmptyState title={rotationText.ticketsEmpty} />;
  return (
    <Table>
      <thead>
        <Tr>
          <Th>{rotationText.columnState}</Th>
          <Th>{rotationText.columnMade}</Th>
          <Th className="max-sm:hidden">{rotationText.columnExpires}</Th>
          {onRevoke !== undefined && (
            <Th numeric>
              <span className="sr-only">{rotationText.columnActions}</span>
            </Th>
          )}
        </Tr>
      </thead>
      <tbody>
        {tickets.map((ticket) => (
          <Tr key={ticket.id}>
            <Td>
              <StateBadge tone={tones[ticket.state]}>
                {rotationText.states[ticket.state]}
              </StateBadge>
            </Td>
            <Td>
              <RelativeTime value={ticket.createdAt} />{" "}
              <span className="text-ink-3">{rotationText.madeBy(ticket.createdBy)}</span>
            </Td>
            <Td className="max-sm:hidden">
              <ExactTime value={ticket.expiresAt} />
            </Td>
            {onRevoke !== undefined && (
              <Td className="text-right">
                {ticket.state === "open" && (
                  <Button
                    size="sm"
                    aria-label={rotationText.revokeLabel(ticket.createdAt)}
                    onClick={() => onRevoke(ticket)}
                  >
                    {rotationText.revoke}
                  </Button>
                )}
              </Td>
            )}
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function RevokeTicket({
  deviceId,
  ticket,
  onClose,
  onRevoked,
}: {
  readonly deviceId: string;
  readonly ticket: TicketView | undefined;
  readonly onClose: () => void;
  readonly onRevoked: () => void;
}) {
  const { busy, change } = useChange(endTicket, () => ({ title: rotationText.revoked }));
  async function confirm() {
    if (ticket === undefined || !(await change({ deviceId, ticketId: ticket.id }))) return;
    onClose();
    onRevoked();
  }
  return (
    <DangerDialog
      open={ticket !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={rotationText.revokeTitle}
      description={rotationText.revokeText}
      confirmLabel={rotationText.revoke}
      busy={busy}
      onConfirm={() => void confirm()}
    />
  );
}
