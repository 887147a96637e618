import type { Metadata } from "next";
import { choicesInput } from "#components/explore/explore-queries.ts";
import { stateFromParams } from "#components/explore/explore-state.ts";
import { ExploreView } from "#components/explore/explore-view.tsx";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { exploreText } from "#components/strings/explore.ts";
import { may } from "#server/domain/roles.ts";
import { exploreChoices } from "#server/services/explore/choices.ts";
import { listSavedViews } from "#server/services/saved-view/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: exploreText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function ExplorePage({ searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "telemetry.view")) return <NoPermission />;
  const search = Object.entries(await searchParams);
  const pairs = search.flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, one]));
  const input = choicesInput(stateFromParams(new URLSearchParams(pairs)));
  const [choices, views] = await Promise.all([
    exploreChoices(ctx, input),
    listSavedViews(ctx, { page: "explore" }),
  ]);
  return <ExploreView first={{ input: JSON.stringify(input), choices }} views={views} />;
}
