"use client";
import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, X } from "lucide-react";
import type { ReactNode } from "react";
import { columnName } from "#components/device/fleet-columns.tsx";
import { metricsQuery } from "#components/device/fleet-queries.ts";
import { fleetText } from "#components/strings/device.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import {
  columnWidths,
  fleetColumnIds,
  usualColumns,
  type FleetColumn,
} from "#server/domain/fleet-columns.ts";

/** Which columns the table has, their order and their widths. Changes act at once. */
export function FleetColumnDialog({
  columns,
  onChange,
  onClose,
}: {
  readonly columns: readonly FleetColumn[];
  readonly onChange: (columns: readonly FleetColumn[]) => void;
  readonly onClose: () => void;
}) {
  function move(index: number, by: 1 | -1) {
    const next = [...columns];
    const [moved] = next.splice(index, 1);
    if (moved !== undefined) next.splice(index + by, 0, moved);
    onChange(next);
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={fleetText.columnsTitle}
      description={fleetText.columnsText}
      footer={
        <>
          <Button variant="ghost" onClick={() => onChange(usualColumns)}>
            {fleetText.columnsUsual}
          </Button>
          <Button variant="primary" onClick={onClose}>
            {fleetText.columnsDone}
          </Button>
        </>
      }
    >
      <ol className="mb-4 flex flex-col divide-y divide-line rounded border border-line">
        {columns.map((column, index) => (
          <ColumnRow
            key={column.id}
            column={column}
            // The name opens the device: it stays first.
            isFixed={index === 0}
            mayRise={index > 1}
            mayFall={index > 0 && index < columns.length - 1}
            onMove={(by) => move(index, by)}
            onWidth={(width) =>
              onChange(columns.map((each) => (each.id === column.id ? { ...each, width } : each)))
            }
            onRemove={() => onChange(columns.filter(({ id }) => id !== column.id))}
          />
        ))}
      </ol>
      <AddColumn columns={columns} onChange={onChange} />
    </Dialog>
  );
}

function ColumnRow({
  column,
  isFixed,
  mayRise,
  mayFall,
  onMove,
  onWidth,
  onRemove,
}: {
  readonly column: FleetColumn;
  readonly isFixed: boolean;
  readonly mayRise: boolean;
  readonly mayFall: boolean;
  readonly onMove: (by: 1 | -1) => void;
  readonly onWidth: (width: number | null) => void;
  readonly onRemove: () => void;
}) {
  const name = columnName(column);
  return (
    <li className="flex items-center gap-2 px-3 py-1.5">
      <span className="min-w-0 flex-1 truncate">{name}</span>
      <Input
        type="number"
        min={columnWidths.least}
        max={columnWidths.most}
        step={10}
        aria-label={fleetText.columnWidth(name)}
        placeholder={fleetText.columnWidthUsual}
        className="h-7.5! w-20!"
        defaultValue={column.width ?? ""}
        onChange={(event) => {
          const width = event.target.valueAsNumber;
          if (Number.isNaN(width)) onWidth(null);
          else if (width >= columnWidths.least && width <= columnWidths.most) onWidth(width);
        }}
      />
      <Act label={fleetText.columnUp(name)} disabled={!mayRise} onClick={() => onMove(-1)}>
        <ArrowUp aria-hidden className="size-4" />
      </Act>
      <Act label={fleetText.columnDown(name)} disabled={!mayFall} onClick={() => onMove(1)}>
        <ArrowDown aria-hidden className="size-4" />
      </Act>
      <Act label={fleetText.columnRemove(name)} disabled={isFixed} onClick={onRemove}>
        <X aria-hidden className="size-4" />
      </Act>
    </li>
  );
}

function Act({
  label,
  disabled,
  onClick,
  children,
}: {
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Button
      variant="ghost"
      size="sm"
      iconOnly
      disabled={disabled}
      aria-label={label}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}

function AddColumn({
  columns,
  onChange,
}: {
  readonly columns: readonly FleetColumn[];
  readonly onChange: (columns: readonly FleetColumn[]) => void;
}) {
  const { data: metrics = [] } = useQuery(metricsQuery);
  const candidates: readonly FleetColumn[] = [
    ...fleetColumnIds.map((id) => ({ id, width: null })),
    ...metrics.map(({ name }) => ({ id: `m.${name}` as const, width: null })),
  ].filter(({ id }) => !columns.some((column) => column.id === id));
  return (
    <Field label={fleetText.columnAdd}>
      <Select
        value=""
        options={[
          { value: "", label: fleetText.columnChoose },
          ...candidates.map((column) => ({ value: column.id, label: columnName(column) })),
        ]}
        onChange={(event) => {
          const added = candidates.find(({ id }) => id === event.target.value);
          if (added !== undefined) onChange([...columns, added]);
        }}
      />
    </Field>
  );
}
