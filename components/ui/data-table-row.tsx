"use client";
import clsx from "clsx";
import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { RowData } from "@tanstack/react-table";
import type { KeyboardEvent, ReactNode } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { cellLook } from "#components/ui/data-table-parts.tsx";
import type { DataColumn, DataTableProps } from "#components/ui/data-table-types.ts";
import { uiText } from "#components/strings/ui.ts";
import { PendingBar } from "#components/ui/pending-bar.tsx";

type RowProps<T extends RowData> = {
  readonly id: string;
  readonly index: number;
  readonly row: T;
  readonly columns: readonly DataColumn<T>[];
  /** Columns that the window has room for. */
  readonly columnCount: number;
  readonly table: DataTableProps<T>;
  readonly tabbable: boolean;
  readonly expanded: boolean;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onActivate: () => void;
  readonly onToggleExpanded: () => void;
  readonly onToggleSelected: () => void;
};

/** One row of a DataTable, and below it its detail when that is open. */
export function DataTableRow<T extends RowData>(props: RowProps<T>) {
  const { row, columns, table, index, expanded } = props;
  const selected = table.selected?.has(props.id) ?? false;
  return (
    <>
      <tr
        data-index={index}
        aria-rowindex={index + 2}
        className={clsx(
          "relative h-row border-b border-line last:border-b-0 has-[[data-row-opener]:focus-visible]:bg-sunken",
          selected || expanded ? "bg-accent-soft/50" : "hover:bg-sunken/70",
        )}
      >
        {table.selected !== undefined && (
          <td className="relative z-1 w-10 pl-3.5">
            <Checkbox
              tabIndex={-1}
              checked={selected}
              onChange={props.onToggleSelected}
              aria-label={uiText.selectRow(table.rowName(row))}
            />
          </td>
        )}
        {columns.map((column, position) => (
          <td key={column.id} className={cellLook(column)}>
            {position === 0 ? <Opener {...props}>{column.cell(row)}</Opener> : column.cell(row)}
          </td>
        ))}
      </tr>
      {expanded && table.detail !== undefined && (
        <tr className="border-b border-line bg-bg">
          <td colSpan={props.columnCount} className="p-3.5">
            {table.detail(row)}
          </td>
        </tr>
      )}
    </>
  );
}

const openerLook =
  "max-w-full text-left font-medium text-ink outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent";

/** The link or button of the row; its hit area is the whole row. */
function Opener<T extends RowData>({
  children,
  ...props
}: RowProps<T> & { readonly children: ReactNode }) {
  const { table, row, index } = props;
  const common = {
    "data-row-opener": index,
    tabIndex: props.tabbable ? 0 : -1,
    className: openerLook,
    onFocus: props.onActivate,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === " " && table.selected !== undefined) {
        event.preventDefault();
        props.onToggleSelected();
      }
      props.onKeyDown(event);
    },
  };
  if (table.rowHref !== undefined) {
    return (
      <Link {...common} href={table.rowHref(row)} prefetch={false}>
        {children}
        <PendingBar />
      </Link>
    );
  }
  if (table.detail !== undefined) {
    return (
      <button
        {...common}
        type="button"
        aria-expanded={props.expanded}
        onClick={props.onToggleExpanded}
      >
        <Expandable open={props.expanded}>{children}</Expandable>
      </button>
    );
  }
  const open = table.onOpen;
  if (open === undefined) return <span className="font-medium text-ink">{children}</span>;
  return (
    <button {...common} type="button" onClick={() => open(row)}>
      {children}
    </button>
  );
}

function Expandable({ open, children }: { readonly open: boolean; readonly children: ReactNode }) {
  return (
    <span className="flex max-w-full items-center gap-1.5">
      <ChevronRight
        aria-hidden
        className={clsx(
          "size-3.5 shrink-0 text-ink-3 transition-transform duration-100",
          open && "rotate-90",
        )}
      />
      <span className="truncate">{children}</span>
    </span>
  );
}
