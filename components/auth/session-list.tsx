"use client";
import { endOwnSession } from "#app/(console)/settings/account/actions.ts";
import { browserName } from "#components/auth/browser-name.ts";
import { useChange } from "#components/people/use-change.ts";
import { authText } from "#components/strings/auth.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { OwnSession } from "#server/services/session/list-own.ts";

/** Where the person is signed in; every other place can be ended. */
export function SessionList({ sessions }: { readonly sessions: readonly OwnSession[] }) {
  return (
    <Card labelledBy="sessions-title">
      <CardHeader id="sessions-title" title={authText.sessions} />
      <p className="px-3.5 pt-3 pb-1.5 text-ink-2">{authText.sessionsIntro}</p>
      <Table>
        <thead>
          <Tr>
            <Th>{authText.columnBrowser}</Th>
            <Th className="max-md:hidden">{authText.columnAddress}</Th>
            <Th className="max-md:hidden">{authText.columnSignedIn}</Th>
            <Th>{authText.columnLastUsed}</Th>
            <Th numeric>
              <span className="sr-only">{authText.columnAction}</span>
            </Th>
          </Tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function SessionRow({ session }: { readonly session: OwnSession }) {
  const { busy, change } = useChange(endOwnSession, () => ({ title: authText.sessionEnded }));
  const known = browserName(session.userAgent);
  const name =
    known === undefined ? authText.unknownBrowser : authText.browserOn(known.browser, known.system);
  return (
    <Tr>
      <Td className="font-medium text-ink">{name}</Td>
      <Td className="font-mono text-sm max-md:hidden">{session.ip}</Td>
      <Td className="max-md:hidden">
        <RelativeTime value={session.createdAt} />
      </Td>
      <Td>
        <RelativeTime value={session.seenAt} />
      </Td>
      <Td className="text-right">
        {session.current ? (
          <StateBadge tone="accent">{authText.thisSession}</StateBadge>
        ) : (
          <Button
            size="sm"
            busy={busy}
            aria-label={authText.endSessionLabel(name)}
            onClick={() => void change({ sessionId: session.id })}
          >
            {authText.endSession}
          </Button>
        )}
      </Td>
    </Tr>
  );
}
