"use client";
import type { TokenWish } from "#components/device/token-form.tsx";
import { tokenText } from "#components/strings/tokens.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { DeviceCredentialView } from "#server/services/device/credentials.ts";

const kinds = ["password", "sas-primary", "sas-secondary", "psk-primary", "psk-secondary"] as const;

type Acts = {
  readonly onWish?: (wish: TokenWish) => void;
  readonly onRevoke?: (credential: DeviceCredentialView) => void;
};

/** A kind of credential, or one that counts beside the newest of its kind. */
type Row = {
  readonly id: string;
  readonly kind: DeviceCredentialView["kind"];
  readonly active: DeviceCredentialView | undefined;
  readonly isOlder: boolean;
  /** How many of the kind were revoked. */
  readonly revoked: number;
};

function rowsOf(credentials: readonly DeviceCredentialView[]): readonly Row[] {
  return kinds.flatMap((kind) => {
    const all = credentials.filter((credential) => credential.kind === kind);
    const [newest, ...older] = all.filter(({ state }) => state === "active");
    const revoked = all.filter(({ state }) => state === "revoked").length;
    return [
      { id: kind, kind, active: newest, isOlder: false, revoked },
      ...older.map((active) => ({ id: active.id, kind, active, isOlder: true, revoked: 0 })),
    ];
  });
}

/** Each kind of credential that a device can have beside certificates. */
export function TokenRows({
  credentials,
  ...acts
}: Acts & { readonly credentials: readonly DeviceCredentialView[] }) {
  return (
    <Table>
      <thead>
        <Tr>
          <Th>{tokenText.columnKind}</Th>
          <Th>{tokenText.columnState}</Th>
          <Th className="max-md:hidden">{tokenText.columnMade}</Th>
          <Th className="max-sm:hidden">{tokenText.columnUsed}</Th>
          {acts.onWish !== undefined && (
            <Th numeric>
              <span className="sr-only">{tokenText.columnActions}</span>
            </Th>
          )}
        </Tr>
      </thead>
      <tbody>
        {rowsOf(credentials).map((row) => (
          <TokenRow key={row.id} row={row} {...acts} />
        ))}
      </tbody>
    </Table>
  );
}

function TokenRow({
  row: { kind, active, isOlder, revoked },
  ...acts
}: Acts & { readonly row: Row }) {
  return (
    <Tr>
      <Td>
        <p className="font-medium text-ink">
          {isOlder ? tokenText.olderToken : tokenText.kinds[kind]}
        </p>
        {revoked > 0 && (
          <p className="text-sm text-ink-3">{tokenText.earlier(formatCount(revoked))}</p>
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
      <Td className="max-sm:hidden">
        {active === undefined ? (
          <span className="text-ink-3">–</span>
        ) : (
          <RelativeTime value={active.lastUsedAt} fallback={tokenText.notUsed} />
        )}
      </Td>
      {acts.onWish !== undefined && (
        <Td className="text-right">
          <RowButtons kind={kind} active={active} isOlder={isOlder} {...acts} />
        </Td>
      )}
    </Tr>
  );
}

function RowButtons({
  kind,
  active,
  isOlder,
  onWish,
  onRevoke,
}: Acts & Pick<Row, "kind" | "active" | "isOlder">) {
  const what = isOlder ? tokenText.olderToken : tokenText.kinds[kind];
  const replaces = active !== undefined;
  return (
    <span className="inline-flex flex-wrap justify-end gap-2">
      {!isOlder && (
        <Button
          size="sm"
          aria-label={replaces ? tokenText.replaceLabel(what) : tokenText.makeLabel(what)}
          onClick={() => onWish?.({ kind, replaces })}
        >
          {replaces ? tokenText.replace : tokenText.make}
        </Button>
      )}
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
