"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { publish } from "#app/(console)/certificates/authorities/lists/actions.ts";
import { listsKey, listsQuery } from "#components/certificate/lists-queries.ts";
import { useChange } from "#components/people/use-change.ts";
import { listText } from "#components/strings/lists.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { ErrorNote, ErrorState } from "#components/ui/error-state.tsx";
import { formatBytes, formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { IssuerListsView, RevocationListView } from "#server/services/revocation-list/list.ts";

const tones: Readonly<Record<RevocationListView["health"], Tone>> = {
  current: "ok",
  late: "warn",
  expired: "bad",
};

/** On a phone the cells of a row stand below each other. */
const cell = "py-2 max-md:block max-md:h-auto max-md:py-0.5";

/** The lists of revoked certificates of every issuing CA: how old they are and where they are read. */
export function ListsCard({
  first,
  mayPublish,
}: {
  readonly first: readonly IssuerListsView[];
  /** Whether the role, and the organisation, may have new ones made. */
  readonly mayPublish: boolean;
}) {
  const queries = useQueryClient();
  const { data: issuers, error, refetch } = useQuery(listsQuery(first));
  const { busy, change } = useChange(publish, () => ({
    title: listText.asked,
    detail: listText.askedDetail,
  }));
  async function publishNow() {
    if (await change({})) await queries.invalidateQueries({ queryKey: listsKey });
  }
  const aside = mayPublish && (
    <Button size="sm" busy={busy} onClick={() => void publishNow()}>
      {listText.publish}
    </Button>
  );
  return (
    <Card labelledBy="revocation-lists">
      <CardHeader id="revocation-lists" title={listText.title} aside={aside} />
      <CardBody className="flex flex-col gap-5">
        <p className="max-w-3xl text-sm text-ink-2">{listText.intro}</p>
        {error !== null && (
          <ErrorState title={listText.failed} onRetry={() => void refetch()}>
            {error.message}
          </ErrorState>
        )}
        {issuers.length === 0 && <p className="text-ink-2">{listText.noAuthority}</p>}
        {issuers.map((issuer) => (
          <IssuerLists key={issuer.issuerSha256} issuer={issuer} />
        ))}
      </CardBody>
    </Card>
  );
}

/** "CN=Quayside Device CA 1a2b, O=Quayside" is called by its common name. */
function nameOf({ issuer }: IssuerListsView): string {
  return /(?:^|, )CN=([^,]+)/.exec(issuer)?.[1] ?? issuer;
}

function IssuerLists({ issuer }: { readonly issuer: IssuerListsView }) {
  const { issuerSha256, lists, isKept, state, ocspUrl } = issuer;
  const id = `lists-${issuerSha256.slice(0, 12)}`;
  const url = lists.find(({ kind }) => kind === "full")?.url ?? null;
  return (
    <section aria-label={listText.listsOf(nameOf(issuer))} className="flex flex-col gap-2">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h3 id={id} className="font-medium text-ink">
          {nameOf(issuer)}
        </h3>
        <span className="text-sm text-ink-3">
          {isKept ? listText.states[state] : `${listText.states[state]}. ${listText.ended}`}
        </span>
      </div>
      {isKept && <Trouble lists={lists} />}
      {lists.length > 0 && <ListTable issuer={issuer} labelledBy={id} />}
      {isKept && url !== null && (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3 gap-y-1 text-sm">
          <dt className="text-ink-3">{listText.address}</dt>
          <dd>
            <CopyText text={url} what={listText.address} />
          </dd>
          <dt className="text-ink-3">{listText.ocsp}</dt>
          <dd>
            <CopyText text={ocspUrl ?? ""} what={listText.ocsp} />
          </dd>
        </dl>
      )}
    </section>
  );
}

function Trouble({ lists }: Pick<IssuerListsView, "lists">) {
  if (lists.length === 0) return <p className="text-sm text-ink-2">{listText.none}</p>;
  if (lists.some(({ health }) => health === "expired")) {
    return <ErrorNote>{listText.expired}</ErrorNote>;
  }
  return lists.some(({ health }) => health === "late") ? (
    <p className="text-sm text-warn">{listText.late}</p>
  ) : null;
}

function ListTable({
  issuer: { issuerSha256, lists, isKept },
  labelledBy,
}: {
  readonly issuer: IssuerListsView;
  readonly labelledBy: string;
}) {
  return (
    <Table aria-labelledby={labelledBy}>
      <thead className="max-md:sr-only">
        <Tr>
          <Th>{listText.columnList}</Th>
          <Th numeric>{listText.columnNumber}</Th>
          <Th numeric>{listText.columnEntries}</Th>
          <Th>{listText.columnMade}</Th>
          <Th>{listText.columnUntil}</Th>
          <Th>{listText.columnState}</Th>
          <Th>{listText.columnFile}</Th>
        </Tr>
      </thead>
      <tbody>
        {lists.map((list) => (
          <ListRow key={list.kind} list={list} issuerSha256={issuerSha256} isKept={isKept} />
        ))}
      </tbody>
    </Table>
  );
}

function ListRow({
  list,
  issuerSha256,
  isKept,
}: {
  readonly list: RevocationListView;
  readonly issuerSha256: string;
  readonly isKept: boolean;
}) {
  const { kind, baseNumber, health } = list;
  const name =
    baseNumber === null
      ? listText.kinds[kind]
      : listText.kindSince(listText.kinds[kind], baseNumber);
  const size = formatBytes(list.bytes);
  return (
    <Tr className="max-md:block max-md:py-2">
      <Td className={`${cell} font-medium text-ink`}>{name}</Td>
      <Td numeric className={`${cell} max-md:text-left`}>
        <Label>{listText.columnNumber}</Label>
        {list.number}
      </Td>
      <Td numeric className={`${cell} max-md:text-left`}>
        <Label>{listText.columnEntries}</Label>
        {formatCount(list.entries)}
      </Td>
      <Td className={cell}>
        <Label>{listText.columnMade}</Label>
        <RelativeTime value={list.createdAt} />
      </Td>
      <Td className={cell}>
        <Label>{listText.columnUntil}</Label>
        <RelativeTime value={list.nextUpdate} />
      </Td>
      <Td className={cell}>
        {isKept && <StateBadge tone={tones[health]}>{listText.health[health]}</StateBadge>}
      </Td>
      <Td className={cell}>
        <a
          className="text-accent underline-offset-2 hover:underline"
          href={`/api/v1/revocation-lists/${issuerSha256}/${kind}`}
          aria-label={listText.downloadLabel(name, size)}
          download
        >
          {listText.download(size)}
        </a>
      </Td>
    </Tr>
  );
}

/** What the heading of the column says, where there are no columns. */
function Label({ children }: { readonly children: string }) {
  return (
    <span aria-hidden className="mr-2 text-sm text-ink-3 md:hidden">
      {children}
    </span>
  );
}
