"use client";
import type { Endpoint } from "#components/device/connect-commands.tsx";
import { tokenText } from "#components/strings/tokens.ts";
import { Button } from "#components/ui/button.tsx";
import { CodeTabs } from "#components/ui/code-tabs.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { sasSnippets, tokenSnippets } from "#server/domain/credential-snippets.ts";
import { caFile } from "#server/domain/service-client-snippets.ts";
import type { DeviceCredentialView } from "#server/services/device/credentials.ts";

/** A key or token that was just made. */
export type FreshToken = { readonly kind: DeviceCredentialView["kind"]; readonly secret: string };

/** Shows a key or token this once, and how the device uses it. Closing forgets it. */
export function TokenSecret({
  deviceId,
  fresh,
  endpoint,
  onClose,
}: {
  readonly deviceId: string;
  /** Undefined: nothing to show. */
  readonly fresh: FreshToken | undefined;
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      size="lg"
      open={fresh !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={tokenText.secretTitle}
      description={tokenText.secretOnce}
      footer={
        <Button variant="primary" onClick={onClose}>
          {tokenText.done}
        </Button>
      }
    >
      {fresh !== undefined && <Secret deviceId={deviceId} fresh={fresh} endpoint={endpoint} />}
    </Dialog>
  );
}

function Secret({
  deviceId,
  fresh: { kind, secret },
  endpoint,
}: {
  readonly deviceId: string;
  readonly fresh: FreshToken;
  readonly endpoint: Endpoint;
}) {
  const target = { deviceId, host: endpoint.host, port: endpoint.tlsPort, secret };
  return (
    <div className="flex flex-col gap-5">
      <KeyValues
        items={[
          {
            key: "username",
            label: tokenText.username,
            value: <CopyText text={deviceId} what={tokenText.username} />,
          },
          {
            key: "secret",
            label: tokenText.kinds[kind],
            value: <CopyText text={secret} what={tokenText.kinds[kind]} />,
          },
        ]}
      />
      <CodeTabs
        label={tokenText.language}
        tabs={kind === "password" ? tokenSnippets(target) : sasSnippets(target)}
      />
      <p className="text-sm text-ink-2">
        <a href="/api/console/ca" download={caFile} className="underline">
          {tokenText.ca(caFile)}
        </a>
        {", "}
        {tokenText.caWhy}.
      </p>
    </div>
  );
}
