"use client";
import Link from "next/link";
import { useState } from "react";
import { revoke } from "#app/(console)/settings/tokens/actions.ts";
import { OneTimeSecret } from "#components/people/one-time-secret.tsx";
import { TokenDialog } from "#components/people/token-dialog.tsx";
import { useChange } from "#components/people/use-change.ts";
import { peopleText } from "#components/strings/people.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { roleNames } from "#server/domain/roles.ts";
import type { TokenView } from "#server/services/token/list.ts";

const looks: Readonly<Record<TokenView["state"], { readonly tone: Tone; readonly word: string }>> =
  {
    active: { tone: "ok", word: peopleText.tokenActive },
    expired: { tone: "idle", word: peopleText.tokenExpired },
    revoked: { tone: "idle", word: peopleText.tokenRevoked },
  };

/** The organisation's API tokens, and the button that makes one. */
export function TokenList({ tokens }: { readonly tokens: readonly TokenView[] }) {
  const [made, setMade] = useState<{ readonly name: string; readonly token: string }>();
  const [revoking, setRevoking] = useState<TokenView>();
  return (
    <>
      <Card labelledBy="tokens-title">
        <CardHeader
          id="tokens-title"
          title={peopleText.tokens}
          aside={<TokenDialog onMade={setMade} />}
        />
        <p className="px-3.5 pt-3 pb-1.5 text-ink-2">
          {peopleText.tokensIntro}{" "}
          <Link href="/docs/api" className="text-accent underline">
            {peopleText.apiReference}
          </Link>
        </p>
        {tokens.length === 0 ? (
          <EmptyState title={peopleText.noTokens}>{peopleText.noTokensText}</EmptyState>
        ) : (
          <TokenTable tokens={tokens} onRevoke={setRevoking} />
        )}
      </Card>
      <OneTimeSecret
        title={peopleText.tokenTitle}
        description={peopleText.tokenOnce}
        what={peopleText.tokenFor(made?.name ?? "")}
        text={made?.token}
        onClose={() => setMade(undefined)}
      />
      <RevokeDialog token={revoking} onClose={() => setRevoking(undefined)} />
    </>
  );
}

function TokenTable({
  tokens,
  onRevoke,
}: {
  readonly tokens: readonly TokenView[];
  readonly onRevoke: (token: TokenView) => void;
}) {
  return (
    <Table>
      <thead>
        <Tr>
          <Th>{peopleText.columnToken}</Th>
          <Th className="max-md:hidden">{peopleText.columnRole}</Th>
          <Th>{peopleText.columnState}</Th>
          <Th className="max-md:hidden">{peopleText.columnCreated}</Th>
          <Th className="max-md:hidden">{peopleText.columnUsed}</Th>
          <Th className="max-md:hidden">{peopleText.columnTokenEnds}</Th>
          <Th numeric>
            <span className="sr-only">{peopleText.columnActions}</span>
          </Th>
        </Tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <TokenRow key={token.id} token={token} onRevoke={onRevoke} />
        ))}
      </tbody>
    </Table>
  );
}

function TokenRow({
  token,
  onRevoke,
}: {
  readonly token: TokenView;
  readonly onRevoke: (token: TokenView) => void;
}) {
  const { tone, word } = looks[token.state];
  return (
    <Tr>
      <Td className="font-medium wrap-anywhere text-ink">{token.name}</Td>
      <Td className="max-md:hidden">{roleNames[token.role]}</Td>
      <Td>
        <StateBadge tone={tone}>{word}</StateBadge>
      </Td>
      <Td className="max-md:hidden">
        <RelativeTime value={token.createdAt} />{" "}
        <span className="text-ink-3">{peopleText.madeBy(token.createdBy)}</span>
      </Td>
      <Td className="max-md:hidden">
        <RelativeTime value={token.usedAt} />
      </Td>
      <Td className="max-md:hidden">
        <RelativeTime value={token.expiresAt} fallback={peopleText.never} />
      </Td>
      <Td className="text-right">
        {token.state !== "revoked" && (
          <Button
            size="sm"
            aria-label={peopleText.revokeTokenLabel(token.name)}
            onClick={() => onRevoke(token)}
          >
            {peopleText.revokeToken}
          </Button>
        )}
      </Td>
    </Tr>
  );
}

function RevokeDialog({
  token,
  onClose,
}: {
  readonly token: TokenView | undefined;
  readonly onClose: () => void;
}) {
  const { busy, change } = useChange(revoke, () => ({ title: peopleText.tokenRevokedToast }));
  return (
    <DangerDialog
      open={token !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={peopleText.revokeTokenTitle(token?.name ?? "")}
      description={peopleText.revokeTokenText}
      confirmLabel={peopleText.revokeToken}
      busy={busy}
      onConfirm={() => {
        if (token !== undefined) void change({ tokenId: token.id }).then(onClose);
      }}
    />
  );
}
