"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { revoke, rotate } from "#app/(console)/settings/service-clients/actions.ts";
import type { Endpoint } from "#components/device/connect-commands.tsx";
import { useChange } from "#components/people/use-change.ts";
import { SecretDialog, type FreshPassword } from "#components/service-client/secret-dialog.tsx";
import { serviceClientsKey } from "#components/service-client/service-client-queries.ts";
import { serviceText } from "#components/strings/service-client.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type {
  ServiceClientPasswordView,
  ServiceClientView,
} from "#server/services/service-client/view.ts";

/** A service client's passwords: make another one, revoke one. */
export function PasswordsCard({
  client,
  endpoint,
  mayManage,
}: {
  readonly client: ServiceClientView;
  readonly endpoint: Endpoint;
  readonly mayManage: boolean;
}) {
  const queries = useQueryClient();
  const [fresh, setFresh] = useState<FreshPassword>();
  const [revoking, setRevoking] = useState<ServiceClientPasswordView>();
  const refresh = () => void queries.invalidateQueries({ queryKey: serviceClientsKey });
  const active = client.passwords.filter(({ state }) => state === "active");
  return (
    <Card labelledBy="passwords">
      <CardHeader id="passwords" title={serviceText.passwords} />
      <p className="max-w-3xl px-3.5 pt-3 pb-1.5 text-ink-2">
        {active.length === 0 ? serviceText.noPasswords : serviceText.passwordsHint}
      </p>
      {client.passwords.length > 0 && (
        <Passwords passwords={client.passwords} {...(mayManage && { onRevoke: setRevoking })} />
      )}
      {mayManage && (
        <Rotate
          client={client}
          onMade={(made) => {
            setFresh(made);
            refresh();
          }}
        />
      )}
      <SecretDialog fresh={fresh} endpoint={endpoint} onClose={() => setFresh(undefined)} />
      <RevokeDialog
        client={client}
        password={revoking}
        onClose={() => setRevoking(undefined)}
        onRevoked={refresh}
      />
    </Card>
  );
}

function Rotate({
  client,
  onMade,
}: {
  readonly client: ServiceClientView;
  readonly onMade: (made: FreshPassword) => void;
}) {
  const [only, setOnly] = useState(false);
  const { busy, change } = useChange(rotate, (made) => {
    onMade({ username: client.username, password: made.password, grants: client.grants });
    return { title: serviceText.rotate, detail: client.username };
  });
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2 border-t border-line px-3.5 py-3">
      <Button
        busy={busy}
        onClick={() => void change({ serviceClient: client.id, keepOthers: !only })}
      >
        {serviceText.rotate}
      </Button>
      <Checkbox
        label={serviceText.rotateOnly}
        hint={serviceText.rotateOnlyHint}
        checked={only}
        onChange={(event) => setOnly(event.currentTarget.checked)}
      />
    </div>
  );
}

function Passwords({
  passwords,
  onRevoke,
}: {
  readonly passwords: readonly ServiceClientPasswordView[];
  readonly onRevoke?: (password: ServiceClientPasswordView) => void;
}) {
  return (
    <Table>
      <thead>
        <Tr>
          <Th>{serviceText.columnMade}</Th>
          <Th>{serviceText.columnState}</Th>
          <Th className="max-sm:hidden">{serviceText.columnLastUsed}</Th>
          {onRevoke !== undefined && (
            <Th numeric>
              <span className="sr-only">{serviceText.columnActions}</span>
            </Th>
          )}
        </Tr>
      </thead>
      <tbody>
        {passwords.map((password) => (
          <Tr key={password.id}>
            <Td>
              <RelativeTime value={password.createdAt} />{" "}
              <span className="text-ink-3 max-md:hidden">
                {serviceText.madeBy(password.createdBy)}
              </span>
            </Td>
            <Td>
              <StateBadge tone={password.state === "active" ? "ok" : "idle"}>
                {password.state === "active"
                  ? serviceText.passwordActive
                  : serviceText.passwordRevoked}
              </StateBadge>
            </Td>
            <Td className="max-sm:hidden">
              <RelativeTime value={password.usedAt} fallback={serviceText.neverUsed} />
            </Td>
            {onRevoke !== undefined && (
              <Td className="text-right">
                {password.state === "active" && (
                  <Button
                    size="sm"
                    aria-label={serviceText.revokeLabel(password.createdAt)}
                    onClick={() => onRevoke(password)}
                  >
                    {serviceText.revoke}
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

function RevokeDialog({
  client,
  password,
  onClose,
  onRevoked,
}: {
  readonly client: ServiceClientView;
  readonly password: ServiceClientPasswordView | undefined;
  readonly onClose: () => void;
  readonly onRevoked: () => void;
}) {
  const { busy, change } = useChange(revoke, () => ({ title: serviceText.revoked }));
  async function confirm() {
    if (password === undefined) return;
    if (!(await change({ serviceClient: client.id, passwordId: password.id }))) return;
    onRevoked();
    onClose();
  }
  return (
    <DangerDialog
      open={password !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={serviceText.revokeTitle}
      description={serviceText.revokeText}
      blastRadius={
        password === undefined
          ? []
          : [
              {
                key: "made",
                label: serviceText.columnMade,
                value: <RelativeTime value={password.createdAt} />,
              },
              {
                key: "used",
                label: serviceText.columnLastUsed,
                value: <RelativeTime value={password.usedAt} fallback={serviceText.neverUsed} />,
              },
            ]
      }
      confirmLabel={serviceText.revoke}
      busy={busy}
      onConfirm={() => void confirm()}
    />
  );
}
