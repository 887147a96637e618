"use client";
import { useQuery } from "@tanstack/react-query";
import { LimitRow } from "#components/limits/limit-row.tsx";
import { limitsQuery, metQuery } from "#components/limits/limit-queries.ts";
import { limitText } from "#components/strings/limits.ts";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Table, Th, Tr } from "#components/ui/table.tsx";
import { limitScopes } from "#server/domain/listener-limits.ts";
import type { ListenerLimitView } from "#server/services/listener-limit/list.ts";
import type { RefusalFacet } from "#server/services/refused-connection/facets.ts";

/** Every limit of the listener by what it applies to, with its value, its meaning and how often it was met. */
export function LimitList({
  first,
  firstMet,
  mayManage,
}: {
  readonly first: readonly ListenerLimitView[];
  readonly firstMet: readonly RefusalFacet[];
  readonly mayManage: boolean;
}) {
  const { data: limits, error, refetch } = useQuery(limitsQuery(first));
  const { data: met } = useQuery(metQuery(firstMet));
  return (
    <>
      <p className="max-w-3xl text-ink-2">{limitText.intro}</p>
      {error !== null && (
        <ErrorState title={limitText.failed} onRetry={() => void refetch()}>
          {error.message}
        </ErrorState>
      )}
      {limitScopes.map((scope) => (
        <Card key={scope} labelledBy={`limits-${scope}`}>
          <CardHeader id={`limits-${scope}`} title={limitText.scopes[scope]} />
          <Table>
            <thead className="max-md:sr-only">
              <Tr>
                <Th>{limitText.columnLimit}</Th>
                <Th className="w-56">{limitText.columnValue}</Th>
                <Th className="w-52 max-lg:hidden">{limitText.columnCode}</Th>
                <Th className="w-44 max-md:hidden">{limitText.columnMet}</Th>
                {mayManage && (
                  <Th numeric className="w-24">
                    <span className="sr-only">{limitText.columnActions}</span>
                  </Th>
                )}
              </Tr>
            </thead>
            <tbody>
              {limits
                .filter((limit) => limit.scope === scope)
                .map((limit) => (
                  <LimitRow key={limit.name} limit={limit} met={met} mayManage={mayManage} />
                ))}
            </tbody>
          </Table>
        </Card>
      ))}
    </>
  );
}
