"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { endCredential } from "#app/(console)/devices/actions.ts";
import type { Endpoint } from "#components/device/connect-commands.tsx";
import { credentialsQuery } from "#components/device/device-queries.ts";
import { TokenForm, type TokenWish } from "#components/device/token-form.tsx";
import { TokenRows } from "#components/device/token-rows.tsx";
import type { FreshToken } from "#components/device/secret-details.tsx";
import { TokenSecret } from "#components/device/token-secret.tsx";
import { useChange } from "#components/people/use-change.ts";
import { tokenText } from "#components/strings/tokens.ts";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import type { DeviceCredentialView } from "#server/services/device/credentials.ts";

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
      <p className="max-w-3xl px-3.5 pt-3 pb-1.5 text-ink-2">{tokenText.intro}</p>
      {list.isError ? (
        <ErrorState title={tokenText.failed} onRetry={() => void list.refetch()}>
          {list.error.message}
        </ErrorState>
      ) : (
        <TokenRows
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
