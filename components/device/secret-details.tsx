"use client";
import type { Endpoint } from "#components/device/connect-commands.tsx";
import { tokenText } from "#components/strings/tokens.ts";
import { CodeTabs } from "#components/ui/code-tabs.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { secretSnippets, type SecretKind } from "#server/domain/credential-snippets.ts";
import { pskIdentityOf } from "#server/domain/psk.ts";
import { caFile } from "#server/domain/service-client-snippets.ts";

/** A key or token that was just made, in this page's memory only. */
export type FreshToken = { readonly kind: SecretKind; readonly secret: string };

type Of = { readonly deviceId: string; readonly fresh: FreshToken };

/** The secret and what goes with it, to be copied. */
export function SecretValues({ deviceId, fresh: { kind, secret } }: Of) {
  return (
    <KeyValues
      items={[
        nameItem(deviceId, kind),
        {
          key: "secret",
          label: tokenText.kinds[kind],
          value: <CopyText text={secret} what={tokenText.kinds[kind]} />,
        },
      ]}
    />
  );
}

/** What the device calls itself: a user name, or the identity of its pre-shared key. */
function nameItem(deviceId: string, kind: SecretKind): KeyValue {
  const isPsk = kind === "psk-primary" || kind === "psk-secondary";
  const label = isPsk ? tokenText.identity : tokenText.username;
  const slot = kind === "psk-secondary" ? "secondary" : "primary";
  const text = isPsk ? pskIdentityOf(deviceId, slot) : deviceId;
  return { key: "username", label, value: <CopyText text={text} what={label} /> };
}

/** Ready commands with the secret in them. */
export function SecretCommands({
  deviceId,
  fresh: { kind, secret },
  endpoint,
}: Of & { readonly endpoint: Endpoint }) {
  const target = { deviceId, host: endpoint.host, port: endpoint.tlsPort, secret };
  const isPsk = kind === "psk-primary" || kind === "psk-secondary";
  return (
    <div className="flex flex-col gap-4">
      <CodeTabs label={tokenText.language} tabs={secretSnippets(kind, target)} />
      <p className="text-sm text-ink-2">
        {isPsk ? (
          tokenText.pskNoCa
        ) : (
          <>
            <a href="/api/console/ca" download={caFile} className="underline">
              {tokenText.ca(caFile)}
            </a>
            {", "}
            {tokenText.caWhy}.
          </>
        )}
      </p>
    </div>
  );
}
