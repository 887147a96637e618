"use client";
import { useQuery } from "@tanstack/react-query";
import { AuthorityActions } from "#components/authority/authority-actions.tsx";
import { AuthorityItem } from "#components/authority/authority-item.tsx";
import { authoritiesQuery } from "#components/authority/authority-queries.ts";
import { authorityText } from "#components/strings/authority.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorNote, ErrorState } from "#components/ui/error-state.tsx";
import type { AuthoritiesView, AuthorityView } from "#server/services/authority/list.ts";

/** The CAs as a tree, what is to be done about them, and the ways to change them. */
export function AuthoritiesOverview({
  first,
  canManage,
}: {
  readonly first: AuthoritiesView;
  /** Whether the role may change CAs; the organisation must run the installation besides. */
  readonly canManage: boolean;
}) {
  const { data: view, error, refetch } = useQuery(authoritiesQuery(first));
  const mayManage = canManage && view.operator;
  return (
    <Card labelledBy="authorities">
      <CardHeader
        id="authorities"
        title={authorityText.title}
        aside={mayManage && <AuthorityActions view={view} />}
      />
      <CardBody className="flex flex-col gap-4">
        <p className="max-w-3xl text-sm text-ink-2">{authorityText.intro}</p>
        {canManage && !view.operator && (
          <p className="max-w-3xl text-sm text-ink-2">{authorityText.onlyOperator}</p>
        )}
        {error !== null && (
          <ErrorState title={authorityText.failed} onRetry={() => void refetch()}>
            {error.message}
          </ErrorState>
        )}
        {!view.signerAnswers && <ErrorNote>{authorityText.signerAway}</ErrorNote>}
        {view.authorities.length === 0 ? (
          <EmptyState title={authorityText.none}>{authorityText.noneText}</EmptyState>
        ) : (
          <Level all={view.authorities} above={null} mayManage={mayManage} />
        )}
      </CardBody>
    </Card>
  );
}

/** The CAs that one signed, each with those that it signed below it. */
function Level({
  all,
  above,
  mayManage,
}: {
  readonly all: readonly AuthorityView[];
  readonly above: string | null;
  readonly mayManage: boolean;
}) {
  const here = all.filter(({ issuerSha256 }) => issuerSha256 === above);
  if (here.length === 0) return null;
  return (
    <ul
      className={
        above === null
          ? "flex flex-col gap-6"
          : "mt-4 flex flex-col gap-5 border-l-2 border-line pl-3 sm:ml-3 sm:pl-4"
      }
    >
      {here.map((authority) => (
        <li key={authority.sha256}>
          <AuthorityItem authority={authority} mayManage={mayManage} />
          <Level all={all} above={authority.sha256} mayManage={mayManage} />
        </li>
      ))}
    </ul>
  );
}
