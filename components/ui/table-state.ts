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
