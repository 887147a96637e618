import type { DataTableState } from "#components/ui/data-table-types.ts";

/** What a table shows of a list that is asked for: that it waits, that it failed, or its rows. */
export function tableState(list: {
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly refetch: () => Promise<unknown>;
}): DataTableState {
  if (list.error !== null) {
    return {
      status: "error",
      message: list.error.message,
      onRetry: () => void list.refetch(),
    };
  }
  return list.isPending ? { status: "loading" } : { status: "ready" };
}

/**
 * What a table needs of a list that comes page by page.
 * @param matching how many rows there are in all; `more`: at least so many
 */
export function tablePaging(
  list: Parameters<typeof tableState>[0] & {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  },
  matching: { readonly count: number; readonly more: boolean } | null,
) {
  return {
    state: tableState(list),
    hasMore: list.hasNextPage,
    loadingMore: list.isFetchingNextPage,
    onLoadMore: () => void list.fetchNextPage(),
    ...(matching !== null && !matching.more && { total: matching.count }),
  };
}
