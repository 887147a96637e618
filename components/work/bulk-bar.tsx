"use client";
import { ChevronDown, X } from "lucide-react";
import dynamic from "next/dynamic";
import { useState, type ReactNode } from "react";
import { useShell } from "#components/layout/shell-context.ts";
import { bulkText } from "#components/strings/work.ts";
import { Button } from "#components/ui/button.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { ExportButton } from "#components/work/export-button.tsx";
import { bulkCapability, bulkKinds, isDrastic, type BulkKind } from "#server/domain/bulk-action.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import { may } from "#server/domain/roles.ts";

// The table must not wait for a dialog that few open.
const BulkDialog = dynamic(
  async () => (await import("#components/work/bulk-dialog.tsx")).BulkDialog,
  { ssr: false },
);

/**
 * What can be done with the devices that are selected in a table. `isAll` says that the selection is a
 * filter and means all that match; `isAtLeast` that they were not counted to the end.
 */
export function BulkBar({
  selection,
  count,
  isAll = false,
  isAtLeast = false,
  children,
  onClear,
}: {
  readonly selection: DeviceSelection;
  readonly count: number;
  readonly isAll?: boolean;
  readonly isAtLeast?: boolean;
  /** Beside the count: for example a button that takes all that match. */
  readonly children?: ReactNode;
  readonly onClear: () => void;
}) {
  const { role } = useShell().user;
  const [open, setOpen] = useState<BulkKind>();
  const counted = isAtLeast ? bulkText.atLeast(formatCount(count)) : formatCount(count);
  const allowed = bulkKinds.filter((kind) => may(role, bulkCapability({ kind })));
  const quick = allowed.filter((kind) => kind === "add_tags");
  const rest = allowed.filter((kind) => kind !== "add_tags");
  if (count === 0) return null;
  return (
    <section
      aria-label={bulkText.label}
      className="flex flex-wrap items-center gap-2 rounded border border-accent bg-accent-soft px-3 py-1.5 text-accent"
    >
      <span
        className="flex flex-1 flex-wrap items-center gap-x-3 gap-y-1 max-sm:-order-1 max-sm:basis-2/3"
        aria-live="polite"
      >
        <span className="font-medium whitespace-nowrap">
          {isAll ? bulkText.allMatching(counted) : bulkText.selected(counted)}
        </span>
        {children}
      </span>
      {quick.map((kind) => (
        <Button key={kind} size="sm" onClick={() => setOpen(kind)}>
          {bulkText.titles[kind]}
        </Button>
      ))}
      {rest.length > 0 && <ChangeMenu kinds={rest} onChoose={setOpen} />}
      <ExportButton size="sm" request={{ kind: "devices", devices: selection }} />
      <Clear onClear={onClear} />
      {open !== undefined && (
        <BulkDialog
          kind={open}
          selection={selection}
          onClose={() => setOpen(undefined)}
          onDone={onClear}
        />
      )}
    </section>
  );
}

/** On a phone it stays on the line of the count. */
function Clear({ onClear }: { readonly onClear: () => void }) {
  return (
    <Button
      variant="ghost"
      size="sm"
      iconOnly
      aria-label={bulkText.clear}
      className="max-sm:-order-1"
      onClick={onClear}
    >
      <X aria-hidden className="size-4" />
    </Button>
  );
}

/** The rarer ones, those that stop devices last. */
function ChangeMenu({
  kinds,
  onChoose,
}: {
  readonly kinds: readonly BulkKind[];
  readonly onChoose: (kind: BulkKind) => void;
}) {
  const calm = kinds.filter((kind) => !isDrastic({ kind }));
  const drastic = kinds.filter((kind) => isDrastic({ kind }));
  return (
    <Menu
      trigger={
        <Button size="sm">
          {bulkText.more}
          <ChevronDown aria-hidden className="size-3.5" />
        </Button>
      }
    >
      {calm.map((kind) => (
        <MenuItem key={kind} onSelect={() => onChoose(kind)}>
          {bulkText.titles[kind]}
        </MenuItem>
      ))}
      {calm.length > 0 && drastic.length > 0 && <MenuSeparator />}
      {drastic.map((kind) => (
        <MenuItem key={kind} tone="danger" onSelect={() => onChoose(kind)}>
          {bulkText.titles[kind]}
        </MenuItem>
      ))}
    </Menu>
  );
}
