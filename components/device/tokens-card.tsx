"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { endCredential } from "#app/(console)/devices/actions.ts";
import type { Endpoint } from "#components/device/connect-commands.tsx";
import { credentialsQuery } from "#components/device/device-queries.ts";
import { TokenForm, type TokenWish } from "#components/device/token-form.tsx";
import { TokenSecret, type FreshToken } from "#components/device/token-secret.tsx";
import { useChange } from "#components/people/use-change.ts";
import { tokenText } from "#components/strings/tokens.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { DeviceCredentialView } from "#server/services/device/credentials.ts";

const kinds = ["password", "sas-primary", "sas-secondary"] as const;

/** A device's token and SAS keys: make, replace, revoke; each secret is shown once. */
export function TokensCard({
  deviceId,
  first,
  endpoint,
  mayManage,
}: {
  readonly deviceId: string;
  readonly first: readonly DeviceCredentialView[];
  readonly endpoint: Endpoint;
  readonly mayManage: boolean;
}) {
  const queries = useQueryClient();
  const [wish, setWish] = useState<TokenWish>();
  const [fresh, setFresh] = useState<FreshToken>();
  const [ending, setEnding] = useState<DeviceCredentialView>();
  const list = useQuery({ ...credentialsQuery(deviceId), initialData: first });
  const refresh = () => void queries.invalidateQueries({ queryKey: ["device", deviceId] });
  return (
    <Card labelledBy="tokens">
      <CardHeader id="tokens" title={tokenText.title} />
      <p className="max-w-3xl px-3.5 pt-3 text-ink-2">{tokenText.intro}</p>
      {list.isError ? (
        <ErrorState title={tokenText.failed} onRetry={() => void list.refetch()}>
          {list.error.message}
        </ErrorState>
      ) : (
        <Tokens
          credentials={list.data}
          {...(mayManage && { onWish: setWish, onRevoke: setEnding })}
        />
      )}
      {wish !== undefined && (
        <TokenForm
          deviceId={deviceId}
          wish={wish}
          onClose={() => setWish(undefined)}
          onMade={(made) => {
            setWish(undefined);
            setFresh(made);
            refresh();
          }}
        />
      )}
      <TokenSecret
        deviceId={deviceId}
        fresh={fresh}
        endpoint={endpoint}
        onClose={() => setFresh(undefined)}
      />
      <RevokeDialog
        deviceId={deviceId}
        credential={ending}
        onClose={() => setEnding(undefined)}
        onRevoked={refresh}
      />
    </Card>
  );
}

type RowActs = {
  readonly onWish?: (wish: TokenWish) => void;
  readonly onRevoke?: (credential: DeviceCredentialView) => void;
};

function Tokens({
  credentials,
  ...acts
}: RowActs & { readonly credentials: readonly DeviceCredentialView[] }) {
  return (
    <Table>
      <thead>
        <Tr>
          <Th>{tokenText.columnKind}</Th>
          <Th>{tokenText.columnState}</Th>
          <Th className="max-md:hidden">{tokenText.columnMade}</Th>
          {acts.onWish !== undefined && (
            <Th numeric>
              <span className="sr-only">{tokenText.columnActions}</span>
            </Th>
          )}
        </Tr>
      </thead>
      <tbody>
        {kinds.map((kind) => (
          <KindRow
            key={kind}
            kind={kind}
            of={credentials.filter((credential) => credential.kind === kind)}
            {...acts}
          />
        ))}
      </tbody>
    </Table>
  );
}

function KindRow({
  kind,
  of,
  ...acts
}: RowActs & {
  readonly kind: DeviceCredentialView["kind"];
  readonly of: readonly DeviceCredentialView[];
}) {
  const active = of.find(({ state }) => state === "active");
  const earlier = of.filter(({ state }) => state === "revoked").length;
  return (
    <Tr>
      <Td>
        <p className="font-medium text-ink">{tokenText.kinds[kind]}</p>
        {earlier > 0 && (
          <p className="text-sm text-ink-3">{tokenText.earlier(formatCount(earlier))}</p>
        )}
      </Td>
      <Td>
        <StateBadge tone={active === undefined ? "idle" : "ok"}>
          {active === undefined ? tokenText.none : tokenText.active}
        </StateBadge>
      </Td>
      <Td className="max-md:hidden">
        {active === undefined ? (
          <span className="text-ink-3">–</span>
        ) : (
          <>
            <RelativeTime value={active.createdAt} />{" "}
            <span className="text-ink-3">{tokenText.madeBy(active.createdBy)}</span>
          </>
        )}
      </Td>
      {acts.onWish !== undefined && (
        <Td className="text-right">
          <RowButtons kind={kind} active={active} {...acts} />
        </Td>
      )}
    </Tr>
  );
}

function RowButtons({
  kind,
  active,
  onWish,
  onRevoke,
}: RowActs & {
  readonly kind: DeviceCredentialView["kind"];
  readonly active: DeviceCredentialView | undefined;
}) {
  const what = tokenText.kinds[kind];
  const replaces = active !== undefined;
  return (
    <span className="inline-flex flex-wrap justify-end gap-2">
      <Button
        size="sm"
        aria-label={replaces ? tokenText.replaceLabel(what) : tokenText.makeLabel(what)}
        onClick={() => onWish?.({ kind, replaces })}
      >
        {replaces ? tokenText.replace : tokenText.make}
      </Button>
      {active !== undefined && (
        <Button
          size="sm"
          aria-label={tokenText.revokeLabel(what)}
          onClick={() => onRevoke?.(active)}
        >
          {tokenText.revoke}
        </Button>
      )}
    </span>
  );
}

function RevokeDialog({
  deviceId,
  credential,
  onClose,
  onRevoked,
}: {
  readonly deviceId: string;
  readonly credential: DeviceCredentialView | undefined;
  readonly onClose: () => void;
  readonly onRevoked: () => void;
}) {
  const what = credential === undefined ? "" : tokenText.kinds[credential.kind];
  const { busy, change } = useChange(endCredential, () => ({ title: tokenText.revoked(what) }));
  async function confirm() {
    if (credential === undefined) return;
    if (!(await change({ deviceId, credentialId: credential.id }))) return;
    onRevoked();
    onClose();
  }
  return (
    <DangerDialog
      open={credential !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={tokenText.revokeTitle(what)}
      description={tokenText.revokeText}
      confirmLabel={tokenText.revoke}
      busy={busy}
      onConfirm={() => void confirm()}
    />
  );
}
