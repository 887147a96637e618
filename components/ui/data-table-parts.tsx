"use client";
import clsx from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { RowData } from "@tanstack/react-table";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import type { DataColumn, DataSort, DataTableProps } from "#components/ui/data-table-types.ts";
import { formatCount } from "#components/ui/format.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { uiText } from "#components/strings/ui.ts";

const hide = { sm: "max-sm:hidden", md: "max-md:hidden", lg: "max-lg:hidden" } as const;

/** On a phone every pixel goes to the text; the edges stay in line with what is above and below. */
const narrow = "max-sm:px-2 max-sm:first:pl-3.5 max-sm:last:pr-3.5";

/** How a cell of the column looks. */
export function cellLook<T>(column: DataColumn<T>): string {
  return clsx(
    "h-row truncate px-3.5 text-ink-2",
    narrow,
    column.numeric === true && "text-right",
    column.hideBelow !== undefined && hide[column.hideBelow],
  );
}

/** The header stays in sight below the top bar. */
export function DataTableHead<T extends RowData>(
  props: Pick<
    DataTableProps<T>,
    "rows" | "rowId" | "selected" | "onSelectedChange" | "sort" | "onSortChange"
  > & {
    readonly columns: readonly DataColumn<T>[];
  },
) {
  const { selected, rows, rowId, sort, onSortChange } = props;
  const all = rows.length > 0 && rows.every((row) => selected?.has(rowId(row)));
  return (
    <thead className="sticky top-topbar z-10">
      <tr>
        {selected !== undefined && (
          <th
            scope="col"
            className="h-row w-10 rounded-tl border-b border-line bg-surface pl-3.5 text-left"
          >
            <Checkbox
              checked={all}
              aria-label={uiText.selectAll}
              onChange={() => props.onSelectedChange?.(all ? new Set() : new Set(rows.map(rowId)))}
            />
          </th>
        )}
        {props.columns.map((column) => (
          <th
            key={column.id}
            scope="col"
            style={column.width === undefined ? undefined : { width: column.width }}
            {...(sort?.column === column.id && {
              "aria-sort":
                sort.direction === "asc" ? ("ascending" as const) : ("descending" as const),
            })}
            className={clsx(
              "h-row border-b border-line bg-surface px-3.5 text-sm font-normal whitespace-nowrap text-ink-2 first:rounded-tl last:rounded-tr",
              narrow,
              column.numeric === true ? "text-right" : "text-left",
              column.hideBelow !== undefined && hide[column.hideBelow],
            )}
          >
            {column.sortable === true && onSortChange !== undefined ? (
              <SortButton column={column} sort={sort} onSortChange={onSortChange} />
            ) : (
              column.header
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function SortButton<T>({
  column,
  sort,
  onSortChange,
}: {
  readonly column: DataColumn<T>;
  readonly sort: DataSort | undefined;
  readonly onSortChange: (sort: DataSort) => void;
}) {
  const current = sort?.column === column.id ? sort.direction : undefined;
  const Arrow = current === "desc" ? ArrowDown : ArrowUp;
  return (
    <button
      type="button"
      onClick={() =>
        onSortChange({ column: column.id, direction: current === "asc" ? "desc" : "asc" })
      }
      className={clsx(
        "inline-flex items-center gap-1 hover:text-ink",
        current !== undefined && "font-medium text-ink",
      )}
    >
      {column.header}
      <Arrow aria-hidden className={clsx("size-3", current === undefined && "opacity-0")} />
    </button>
  );
}

/** Quiet rows of the right height while the first rows load. */
export function LoadingRows({ columns }: { readonly columns: number }) {
  return Array.from({ length: 10 }, (_, index) => (
    <tr key={index} className="h-row border-b border-line last:border-b-0">
      <td colSpan={columns} className="px-3.5">
        <Skeleton className="h-3.5 w-full" />
        {index === 0 && <span className="sr-only">{uiText.loading}</span>}
      </td>
    </tr>
  ));
}

/** How many rows are shown, what the keyboard does, and the button for more. */
export function DataTableFoot<T extends RowData>(
  props: Pick<
    DataTableProps<T>,
    | "hasMore"
    | "loadingMore"
    | "onLoadMore"
    | "selected"
    | "total"
    | "rowHref"
    | "onOpen"
    | "detail"
  > & { readonly shown: number },
) {
  const count = formatCount(props.shown);
  const opens =
    props.rowHref !== undefined || props.onOpen !== undefined || props.detail !== undefined;
  const hints = [
    uiText.keyboardMove,
    ...(props.selected === undefined ? [] : [uiText.keyboardSelect]),
    uiText.keyboardOpen,
  ];
  return (
    <div className="flex min-h-row flex-wrap items-center justify-between gap-x-4 border-t border-line px-3.5 py-1.5 text-sm text-ink-3">
      <span>
        {props.total === undefined
          ? uiText.rowsLoaded(count)
          : uiText.rowsOf(count, formatCount(props.total))}
      </span>
      {props.hasMore === true && (
        <Button
          size="sm"
          busy={props.loadingMore ?? false}
          {...(props.onLoadMore && { onClick: props.onLoadMore })}
        >
          {props.loadingMore === true ? uiText.loadingMore : uiText.loadMore}
        </Button>
      )}
      {opens && <span className="max-md:hidden">{hints.join(" · ")}</span>}
    </div>
  );
}
