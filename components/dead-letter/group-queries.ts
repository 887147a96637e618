import { infiniteQueryOptions, queryOptions, type QueryClient } from "@tanstack/react-query";
import { groupViewParams, type GroupView } from "#components/dead-letter/group-view.ts";
import { askJson, readJson } from "#components/layout/read-json.ts";
import type { DeadLetterGroupPage } from "#server/services/dead-letter/list-groups.ts";
import type { DeadLetterPage } from "#server/services/dead-letter/list.ts";
import type { Assignee } from "#server/services/dead-letter/list-assignees.ts";
import type { DeadLetterRetention } from "#server/services/dead-letter/list-retention.ts";
import type { DeadLetterTrial } from "#server/services/dead-letter/try.ts";
import type { RunView } from "#server/services/dead-letter/run-view.ts";
import type { TransformStep } from "#server/domain/transform-steps.ts";
import type { DeadLetterGroupDetail } from "#server/services/dead-letter/show-group.ts";

const base = "/api/console/dead-letters";
const runsBase = "/api/console/dead-letter-runs";
const refreshMs = 10_000;
/** While a run works its counts are asked for this often. */
const runningMs = 1_000;

/** Everything that is kept about groups, for `invalidateQueries`. */
export const groupsKey = ["dead-letter-groups"] as const;
export const retentionKey = ["dead-letter-retention"] as const;

/** The groups page by page, newest first. `first` is what the server rendered for the same view. */
export function groupsQuery(view: GroupView, first: DeadLetterGroupPage | undefined) {
  const chosen = groupViewParams(view).toString();
  return infiniteQueryOptions({
    queryKey: [...groupsKey, "list", chosen],
    queryFn: ({ pageParam, signal }) => {
      const params = new URLSearchParams(chosen);
      if (pageParam !== null) params.set("cursor", pageParam);
      return readJson<DeadLetterGroupPage>(`${base}/groups?${params.toString()}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? refreshMs : false),
    ...(first !== undefined && { initialData: { pages: [first], pageParams: [null] } }),
  });
}

export function groupQuery(first: DeadLetterGroupDetail) {
  return queryOptions({
    queryKey: [...groupsKey, "one", first.fingerprint],
    queryFn: ({ signal }) =>
      readJson<DeadLetterGroupDetail>(`${base}/groups/${first.fingerprint}`, signal),
    initialData: first,
    refetchInterval: refreshMs,
  });
}

/** The runs of a group, newest first; often while one works. When it ends, the group is read anew. */
export function groupRunsQuery({ fingerprint, runs: first }: DeadLetterGroupDetail) {
  const queryKey = [...groupsKey, "runs", fingerprint];
  return queryOptions({
    queryKey,
    queryFn: async ({ client, signal }) => {
      const before = client.getQueryData<readonly RunView[]>(queryKey) ?? [];
      const runs = await readJson<readonly RunView[]>(
        `${runsBase}?fingerprint=${fingerprint}`,
        signal,
      );
      if (before.some(isUnderWay) && !runs.some(isUnderWay)) readAnew(client);
      return runs;
    },
    initialData: first,
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) === true ? runningMs : refreshMs),
  });
}

function readAnew(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: [...groupsKey, "one"] });
  void client.invalidateQueries({ queryKey: [...groupsKey, "letters"] });
  void client.invalidateQueries({ queryKey: ["dead-letter"] });
}

/** A run of letters that were named one by one, until it has ended. */
export function runQuery(id: string) {
  return queryOptions({
    queryKey: [...groupsKey, "run", id],
    queryFn: async ({ client, signal }) => {
      const run = await readJson<RunView>(`${runsBase}/${id}`, signal);
      if (!isUnderWay(run)) readAnew(client);
      return run;
    },
    refetchInterval: ({ state }) =>
      state.data === undefined || isUnderWay(state.data) ? runningMs : false,
  });
}

/** What of a group, or of one letter, would be stored after a transform or with another payload. */
export function tryQuery(question: {
  readonly fingerprint?: string;
  readonly id?: string;
  readonly transform: readonly TransformStep[];
  readonly payload?: string;
}) {
  return queryOptions({
    queryKey: [...groupsKey, "try", question],
    queryFn: ({ signal }) => askJson<DeadLetterTrial>(`${base}/try`, question, signal),
    retry: false,
    refetchOnWindowFocus: false,
  });
}

/** The letters of a group, page by page; the open ones while there are any. */
export function groupLettersQuery({
  fingerprint,
  open,
}: Pick<DeadLetterGroupDetail, "fingerprint" | "open">) {
  const chosen = groupLettersFilter({ fingerprint, open });
  return infiniteQueryOptions({
    queryKey: [...groupsKey, "letters", chosen],
    queryFn: ({ pageParam, signal }) => {
      const params = new URLSearchParams(chosen);
      if (pageParam !== "") params.set("cursor", pageParam);
      return readJson<DeadLetterPage>(`${base}?${params.toString()}`, signal);
    },
    initialPageParam: "",
    getNextPageParam: (page: DeadLetterPage) => page.next,
  });
}

function groupLettersFilter({
  fingerprint,
  open,
}: Pick<DeadLetterGroupDetail, "fingerprint" | "open">): Readonly<Record<string, string>> {
  return { fingerprint, limit: String(groupLetters), ...(open > 0 && { state: "open" }) };
}

export function retentionQuery() {
  return queryOptions({
    queryKey: retentionKey,
    queryFn: ({ signal }) => readJson<readonly DeadLetterRetention[]>(`${base}/retention`, signal),
  });
}

/** Who can be given a cause to take care of. */
export function assigneesQuery() {
  return queryOptions({
    queryKey: ["dead-letter-assignees"],
    queryFn: ({ signal }) => readJson<readonly Assignee[]>(`${base}/assignees`, signal),
  });
}

/** Letters of a group that are listed at a time. */
const groupLetters = 6;

/** Whether a run still works or waits for a worker. */
export function isUnderWay({ state }: Pick<RunView, "state">): boolean {
  return state === "queued" || state === "running";
}

/** The page of a group. */
export function groupHref({ fingerprint }: { readonly fingerprint: string }): string {
  return `/dead-letters/${fingerprint}`;
}

/** Where dead letters can be downloaded. */
export function exportHref(filter: Readonly<Record<string, string>>): string {
  return `${base}/export?${new URLSearchParams(filter).toString()}`;
}
