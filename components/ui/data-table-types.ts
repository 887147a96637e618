import type { RowData } from "@tanstack/react-table";
import type { ReactNode } from "react";

export type DataColumn<T> = {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: T) => ReactNode;
  readonly numeric?: boolean;
  /** CSS width; the columns without one share the rest. */
  readonly width?: string;
  /** Narrower screens leave the column out. */
  readonly hideBelow?: "sm" | "md" | "lg";
  readonly sortable?: boolean;
};

export type DataSort = { readonly column: string; readonly direction: "asc" | "desc" };

/** Where the rows are: `error` shows instead of rows when there are none yet, under them otherwise. */
export type DataTableState =
  | { readonly status: "ready" }
  | { readonly status: "loading" }
  | { readonly status: "error"; readonly message: string; readonly onRetry: () => void };

export type DataTableProps<T extends RowData> = {
  /** What the table is called by assistive technology: "Devices". */
  readonly label: string;
  /** The first visible column is the row's own: it becomes the link or button that opens it. */
  readonly columns: readonly DataColumn<T>[];
  readonly rows: readonly T[];
  readonly rowId: (row: T) => string;
  /** What a row is called by assistive technology. */
  readonly rowName: (row: T) => string;
  readonly rowHref?: (row: T) => string;
  readonly onOpen?: (row: T) => void;
  /** A row that shows more of itself below; then opening toggles it. */
  readonly detail?: (row: T) => ReactNode;
  readonly state?: DataTableState;
  readonly empty: ReactNode;
  readonly hasMore?: boolean;
  readonly loadingMore?: boolean;
  readonly onLoadMore?: () => void;
  readonly sort?: DataSort;
  readonly onSortChange?: (sort: DataSort) => void;
  readonly selected?: ReadonlySet<string>;
  readonly onSelectedChange?: (selected: ReadonlySet<string>) => void;
  readonly hiddenColumns?: readonly string[];
  /** Rows that match in all, when known: shown in the foot. */
  readonly total?: number;
};
