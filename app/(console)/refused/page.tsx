import type { Metadata } from "next";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { RefusedList } from "#components/refused/refused-list.tsx";
import { refusedText } from "#components/strings/refused.ts";
import {
  refusalFilterOf,
  refusalViewFromParams,
  refusalViewToParams,
} from "#server/domain/refusal-view.ts";
import { may } from "#server/domain/roles.ts";
import { refusedConnectionFacets } from "#server/services/refused-connection/facets.ts";
import { listRefusedConnections } from "#server/services/refused-connection/list.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: refusedText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function RefusedPage({ searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "fleet.view")) return <NoPermission />;
  const search = await searchParams;
  const view = refusalViewFromParams({ get: (name) => [search[name]].flat()[0] ?? null });
  const filter = refusalFilterOf(view, ctx.now());
  const [page, facets] = await Promise.all([
    found(listRefusedConnections(ctx, filter)),
    found(refusedConnectionFacets(ctx, filter)),
  ]);
  return <RefusedList first={{ view: refusalViewToParams(view).toString(), page, facets }} />;
}
