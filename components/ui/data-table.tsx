"use client";
import {
  columnVisibilityFeature,
  tableFeatures,
  useTable,
  type RowData,
} from "@tanstack/react-table";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type RefObject,
} from "react";
import { useBreakpointsAbove } from "#components/ui/breakpoint.ts";
import { DataTableFoot, DataTableHead, LoadingRows } from "#components/ui/data-table-parts.tsx";
import { DataTableRow } from "#components/ui/data-table-row.tsx";
import type { DataTableProps, DataTableState } from "#components/ui/data-table-types.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
import { uiText } from "#components/strings/ui.ts";

const features = tableFeatures({ columnVisibilityFeature });
const rowHeight = 36;

function useRowModel<T extends RowData>(props: DataTableProps<T>) {
  const hidden = Object.fromEntries((props.hiddenColumns ?? []).map((id) => [id, false]));
  const byId = new Map(props.columns.map((column) => [column.id, column]));
  const table = useTable({
    features,
    columns: props.columns.map(({ id }) => ({ id })),
    data: props.rows,
    getRowId: (row) => props.rowId(row),
    state: { columnVisibility: hidden },
  });
  const columns = table
    .getVisibleLeafColumns()
    .map((column) => byId.get(column.id))
    .filter((column) => column !== undefined);
  return { rows: table.getRowModel().rows, columns };
}

type RowModel<T extends RowData> = ReturnType<typeof useRowModel<T>>["rows"];

/** The window of rows on screen, on the page's own scroll. */
function useVirtualRows<T extends RowData>(
  rows: RowModel<T>,
  body: RefObject<HTMLTableSectionElement | null>,
) {
  const [top, setTop] = useState(0);
  const isEmpty = rows.length === 0;
  // Where the table starts on the page is only known to the browser's layout.
  useLayoutEffect(() => {
    const box = body.current?.getBoundingClientRect();
    if (box !== undefined && !isEmpty) setTop(box.top + window.scrollY);
  }, [body, isEmpty]);
  // oxlint-disable-next-line react/incompatible-library -- only the React Compiler, not in use, could stale it
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: top,
    scrollPaddingStart: 96,
    scrollPaddingEnd: 16,
    initialRect: { width: 1_280, height: 760 },
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  return {
    items,
    virtual,
    lastIndex: last?.index ?? 0,
    before: first === undefined ? 0 : first.start - top,
    after: last === undefined ? 0 : virtual.getTotalSize() - (last.end - top),
  };
}

/** Asks for more rows as the end comes near. */
function useMoreRows<T extends RowData>(
  props: DataTableProps<T>,
  count: number,
  lastIndex: number,
) {
  const { hasMore = false, loadingMore = false, onLoadMore, state } = props;
  const ready = state === undefined || state.status === "ready";
  useEffect(() => {
    if (hasMore && !loadingMore && ready && count - lastIndex < 20) onLoadMore?.();
  }, [hasMore, loadingMore, onLoadMore, count, lastIndex, ready]);
}

/** ↑↓ Home End move the focus between the rows' openers, one of which is in the tab order. */
function useRowFocus(
  count: number,
  body: RefObject<HTMLTableSectionElement | null>,
  scrollTo: (index: number) => void,
) {
  const [active, setActive] = useState(0);
  const wanted = useRef(false);
  // The row may only exist after the scroll has rendered it.
  useEffect(() => {
    if (!wanted.current) return;
    const opener = body.current?.querySelector<HTMLElement>(`[data-row-opener="${active}"]`);
    if (opener === null || opener === undefined) return;
    wanted.current = false;
    opener.focus({ preventScroll: true });
  });
  function onKeyDown(event: KeyboardEvent) {
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      Home: 0,
      End: count - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(count - 1, target));
    wanted.current = true;
    setActive(next);
    scrollTo(next);
  }
  return { active: Math.min(active, Math.max(0, count - 1)), setActive, onKeyDown };
}

/**
 * The table for long lists: virtualised rows on the page's own scroll, ↑↓ between rows, ↵ opens,
 * space selects, more rows as the end comes near. Rows are 36 px; nothing jumps when rows arrive.
 */
export function DataTable<T extends RowData>(props: DataTableProps<T>) {
  const { rows, columns } = useRowModel(props);
  const body = useRef<HTMLTableSectionElement>(null);
  const [expanded, setExpanded] = useState<string | null>(null);
  const { items, virtual, lastIndex, before, after } = useVirtualRows<T>(rows, body);
  const focus = useRowFocus(rows.length, body, (index) =>
    virtual.scrollToIndex(index, { align: "auto" }),
  );
  useMoreRows(props, rows.length, lastIndex);
  const { state = { status: "ready" } } = props;
  const above = useBreakpointsAbove().split(" ");
  const shownColumns = columns.filter(({ hideBelow }) => !above.includes(hideBelow ?? "never"));
  const columnCount = shownColumns.length + (props.selected === undefined ? 0 : 1);

  function toggleSelected(id: string) {
    const next = new Set(props.selected);
    if (!next.delete(id)) next.add(id);
    props.onSelectedChange?.(next);
  }

  return (
    <div className="rounded border border-line bg-surface">
      <table
        aria-label={props.label}
        aria-rowcount={props.hasMore === true ? -1 : rows.length + 1}
        aria-busy={state.status === "loading"}
        className="w-full table-fixed border-collapse text-base"
      >
        <DataTableHead {...props} columns={columns} />
        <tbody ref={body}>
          {before > 0 && <tr aria-hidden style={{ height: before }} />}
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <DataTableRow
                key={row.id}
                id={row.id}
                index={item.index}
                row={row.original}
                columns={columns}
                columnCount={columnCount}
                table={props}
                tabbable={item.index === focus.active}
                expanded={expanded === row.id}
                onKeyDown={focus.onKeyDown}
                onActivate={() => focus.setActive(item.index)}
                onToggleExpanded={() => setExpanded(expanded === row.id ? null : row.id)}
                onToggleSelected={() => toggleSelected(row.id)}
              />
            );
          })}
          {after > 0 && <tr aria-hidden style={{ height: after }} />}
          {state.status === "loading" && rows.length === 0 && <LoadingRows columns={columnCount} />}
        </tbody>
      </table>
      <DataTableEnd {...props} state={state} />
    </div>
  );
}

function DataTableEnd<T extends RowData>(
  props: DataTableProps<T> & { readonly state: DataTableState },
) {
  const { state, rows } = props;
  if (state.status === "error") {
    return (
      <ErrorState title={uiText.tableFailed} onRetry={state.onRetry}>
        {state.message}
      </ErrorState>
    );
  }
  if (rows.length > 0) return <DataTableFoot {...props} shown={rows.length} />;
  return state.status === "ready" ? props.empty : null;
}
