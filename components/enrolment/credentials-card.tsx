"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { revoke } from "#app/(console)/onboard/groups/actions.ts";
import { ClaimDialog } from "#components/enrolment/claim-dialog.tsx";
import { credentialState } from "#components/enrolment/credential-state.ts";
import { enrolmentKey } from "#components/enrolment/enrolment-queries.ts";
import { SecretDialog } from "#components/enrolment/secret-dialog.tsx";
import type { CredentialView, GroupDetail } from "#components/enrolment/views.ts";
import { useChange } from "#components/people/use-change.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { useNow } from "#components/ui/clock.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";

/** The claim certificates or secrets of a group, and the buttons that make and revoke them. */
export function CredentialsCard({
  group,
  kind,
  mayManage,
}: {
  readonly group: GroupDetail;
  readonly kind: CredentialView["kind"];
  readonly mayManage: boolean;
}) {
  const [revoking, setRevoking] = useState<CredentialView>();
  const isClaim = kind === "certificate";
  const credentials = group.credentials.filter((each) => each.kind === kind);
  const make = isClaim ? <ClaimDialog group={group} /> : <SecretDialog group={group} />;
  return (
    <Card labelledBy={`credentials-${kind}`}>
      <CardHeader
        id={`credentials-${kind}`}
        title={isClaim ? text.claims : text.secrets}
        aside={mayManage && make}
      />
      <p className="px-3.5 pt-3 pb-2 text-ink-2">
        {isClaim ? text.claimsIntro : text.secretsIntro}
      </p>
      {credentials.length === 0 ? (
        <p className="px-3.5 pt-2 pb-6 text-ink-3">{isClaim ? text.noClaims : text.noSecrets}</p>
      ) : (
        <Credentials
          kind={kind}
          credentials={credentials}
          onRevoke={mayManage ? setRevoking : undefined}
        />
      )}
      <RevokeDialog group={group} credential={revoking} onClose={() => setRevoking(undefined)} />
    </Card>
  );
}

function Credentials({
  kind,
  credentials,
  onRevoke,
}: {
  readonly kind: CredentialView["kind"];
  readonly credentials: readonly CredentialView[];
  readonly onRevoke: ((credential: CredentialView) => void) | undefined;
}) {
  return (
    <Table aria-labelledby={`credentials-${kind}`}>
      <thead>
        <Tr>
          <Th>{text.columnName}</Th>
          <Th numeric>{text.columnUses}</Th>
          <Th className="max-sm:hidden">{text.columnExpires}</Th>
          <Th>{text.columnState}</Th>
          {onRevoke !== undefined && (
            <Th>
              <span className="sr-only">{text.revoke}</span>
            </Th>
          )}
        </Tr>
      </thead>
      <tbody>
        {credentials.map((credential) => (
          <Row key={credential.id} credential={credential} onRevoke={onRevoke} />
        ))}
      </tbody>
    </Table>
  );
}

const tones = { usable: "ok", revoked: "bad", expired: "idle", used: "idle" } as const;

function Row({
  credential,
  onRevoke,
}: {
  readonly credential: CredentialView;
  readonly onRevoke: ((credential: CredentialView) => void) | undefined;
}) {
  const state = useNow((now) => credentialState(credential, now));
  const { name, uses, maxUses, expectedSerials } = credential;
  return (
    <Tr>
      <Td>
        <span className="font-medium wrap-anywhere">{name}</span>
        {expectedSerials.length > 0 && (
          <span className="block text-sm text-ink-3">
            {text.expectedCount(formatCount(expectedSerials.length))}
          </span>
        )}
      </Td>
      <Td numeric>
        {maxUses === null
          ? formatCount(uses)
          : text.usesOf(formatCount(uses), formatCount(maxUses))}
        <span className="block text-sm text-ink-3 max-sm:hidden">
          {credential.usedAt === null ? (
            text.neverUsed
          ) : (
            <>
              {text.lastUsed} <RelativeTime value={credential.usedAt} />
            </>
          )}
        </span>
      </Td>
      <Td className="max-sm:hidden">
        <RelativeTime value={credential.expiresAt} />
      </Td>
      <Td>
        <StateBadge tone={tones[state]}>{text.credentialStates[state]}</StateBadge>
      </Td>
      {onRevoke !== undefined && (
        <Td className="text-right">
          {state === "usable" && (
            <Button
              size="sm"
              aria-label={text.revokeLabel(name)}
              onClick={() => onRevoke(credential)}
            >
              {text.revoke}
            </Button>
          )}
        </Td>
      )}
    </Tr>
  );
}

function RevokeDialog({
  group,
  credential,
  onClose,
}: {
  readonly group: GroupDetail;
  /** Undefined: closed. */
  readonly credential: CredentialView | undefined;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const { busy, change } = useChange(revoke, () => ({ title: text.revoked }));
  async function confirm() {
    if (credential === undefined) return;
    if (!(await change({ groupId: group.id, credentialId: credential.id }))) return;
    onClose();
    await queries.invalidateQueries({ queryKey: enrolmentKey });
  }
  return (
    <DangerDialog
      open={credential !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.revokeTitle(credential?.name ?? "")}
      description={text.revokeText}
      blastRadius={[
        {
          key: "uses",
          label: text.blastUses,
          value: text.blastDevicesUntouched(formatCount(credential?.uses ?? 0)),
        },
        { key: "pending", label: text.blastPending, value: formatCount(group.pending) },
        {
          key: "used",
          label: text.blastLastUsed,
          value: <RelativeTime value={credential?.usedAt ?? null} fallback={text.neverUsed} />,
        },
      ]}
      confirmLabel={text.revoke}
      busy={busy}
      onConfirm={() => void confirm()}
    />
  );
}
