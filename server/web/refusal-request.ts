import "server-only";
import { refusalFilterOf, refusalViewFromParams } from "#server/domain/refusal-view.ts";

type Query = Readonly<Record<string, string | string[] | undefined>>;

/** The state of the page of refusals, as its addresses hold it, as input of the services. */
export function refusalInput(query: Query) {
  const view = refusalViewFromParams({ get: (name) => [query[name]].flat()[0] ?? null });
  return refusalFilterOf(view, new Date());
}
