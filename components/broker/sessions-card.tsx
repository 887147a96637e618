"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { sessionsQuery, type SessionOwner } from "#components/broker/broker-queries.ts";
import { EndSessionDialog } from "#components/broker/end-session-dialog.tsx";
import { SessionDetails } from "#components/broker/session-details.tsx";
import { brokerText } from "#components/strings/broker.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { MqttSessionView } from "#server/services/mqtt-session/view.ts";

/** The MQTT sessions of a device or a service client: what is kept of each, and how to end one. */
export function SessionsCard({
  owner,
  first,
  mayEnd,
}: {
  readonly owner: SessionOwner;
  readonly first: readonly MqttSessionView[];
  readonly mayEnd: boolean;
}) {
  const [ending, setEnding] = useState<MqttSessionView>();
  const { data: sessions, error, refetch } = useQuery(sessionsQuery(owner, first));
  return (
    <Card labelledBy="sessions" className="min-w-0">
      <CardHeader
        id="sessions"
        title={brokerText.sessions}
        {...(sessions.length > 0 && { aside: formatCount(sessions.length) })}
      />
      {error !== null && (
        <ErrorState title={brokerText.sessionsFailed} onRetry={() => void refetch()}>
          {error.message}
        </ErrorState>
      )}
      {sessions.length === 0 && error === null && (
        <EmptyState title={brokerText.sessionsEmpty}>{brokerText.sessionsEmptyText}</EmptyState>
      )}
      <ul className="divide-y divide-line">
        {sessions.map((session) => (
          <li key={session.id} className="p-3.5">
            <SessionHead session={session} {...(mayEnd && { onEnd: () => setEnding(session) })} />
            <SessionDetails session={session} />
          </li>
        ))}
      </ul>
      {ending !== undefined && (
        <EndSessionDialog session={ending} onClose={() => setEnding(undefined)} />
      )}
    </Card>
  );
}

function SessionHead({
  session,
  onEnd,
}: {
  readonly session: MqttSessionView;
  readonly onEnd?: () => void;
}) {
  return (
    <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
      <h3 className="flex min-w-0 flex-wrap items-center gap-2.5">
        <span className="font-mono text-sm wrap-anywhere text-ink">{session.clientId}</span>
        <StateBadge tone={session.connected ? "ok" : "idle"}>
          {session.connected ? brokerText.connected : brokerText.away}
        </StateBadge>
      </h3>
      {onEnd !== undefined && (
        <Button size="sm" aria-label={brokerText.endSessionLabel(session.clientId)} onClick={onEnd}>
          {brokerText.endSession}
        </Button>
      )}
    </div>
  );
}
