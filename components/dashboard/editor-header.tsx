"use client";
import { Plus, Redo2, Settings2, Undo2 } from "lucide-react";
import { useState } from "react";
import type { Editing } from "#components/dashboard/use-editing.ts";
import { isFull, withNewWidget } from "#components/dashboard/widget-change.ts";
import { PageHeader } from "#components/layout/page-header.tsx";
import { widgetEditText } from "#components/strings/dashboard-widget.ts";
import {
  dashboardText as text,
  widgetMeanings,
  widgetNames,
} from "#components/strings/dashboard.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { Tooltip } from "#components/ui/tooltip.tsx";
import type { WidgetKind } from "#server/domain/dashboard.ts";

const kinds = Object.keys(widgetNames) as WidgetKind[];

/** The top of a dashboard while it is edited. */
export function EditorHeader({
  editing,
  onSave,
  onDone,
  onSettings,
}: {
  readonly editing: Editing;
  readonly onSave: () => void;
  readonly onDone: () => void;
  readonly onSettings: () => void;
}) {
  const [asks, setAsks] = useState(false);
  const { draft, dirty } = editing;
  return (
    <>
      <PageHeader
        breadcrumb={[{ label: text.dashboards, href: "/dashboards" }]}
        title={draft.name}
        badge={dirty && <StateBadge tone="warn">{text.unsaved}</StateBadge>}
        subtitle={draft.description === "" ? widgetEditText.moveHint : draft.description}
        actions={
          <>
            <Step
              label={text.undo}
              icon={Undo2}
              disabled={!editing.mayUndo}
              onClick={editing.undo}
            />
            <Step
              label={text.redo}
              icon={Redo2}
              disabled={!editing.mayRedo}
              onClick={editing.redo}
            />
            <AddMenu editing={editing} />
            <Button onClick={onSettings}>
              <Settings2 aria-hidden className="size-4" />
              {text.settings}
            </Button>
            <Button onClick={() => (dirty ? setAsks(true) : onDone())}>{text.done}</Button>
            <Button variant="primary" busy={editing.busy} disabled={!dirty} onClick={onSave}>
              {text.save}
            </Button>
          </>
        }
      />
      <DiscardDialog open={asks} onOpenChange={setAsks} onDiscard={onDone} />
    </>
  );
}

function DiscardDialog({
  open,
  onOpenChange,
  onDiscard,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onDiscard: () => void;
}) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={text.discardTitle}
      description={text.discardText}
      footer={
        <>
          <Button onClick={onDiscard}>{text.discard}</Button>
          <Button variant="primary" onClick={() => onOpenChange(false)}>
            {text.stay}
          </Button>
        </>
      }
    />
  );
}

function Step({
  label,
  icon: Icon,
  disabled,
  onClick,
}: {
  readonly label: string;
  readonly icon: typeof Undo2;
  readonly disabled: boolean;
  readonly onClick: () => void;
}) {
  return (
    <Tooltip label={label}>
      <Button iconOnly aria-label={label} disabled={disabled} onClick={onClick}>
        <Icon aria-hidden className="size-4" />
      </Button>
    </Tooltip>
  );
}

function AddMenu({ editing }: { readonly editing: Editing }) {
  const { content } = editing.draft;
  function add(kind: WidgetKind) {
    const { widgets, added } = withNewWidget(content, kind);
    editing.changeContent({ widgets });
    editing.setEdited(added.id);
  }
  return (
    <Menu
      trigger={
        <Button
          disabled={isFull(content)}
          title={isFull(content) ? widgetEditText.full : undefined}
        >
          <Plus aria-hidden className="size-4" />
          {text.add}
        </Button>
      }
    >
      {kinds.map((kind) => (
        <MenuItem key={kind} onSelect={() => add(kind)}>
          <span className="flex-1">{widgetNames[kind]}</span>
          <span className="text-sm text-ink-3">{widgetMeanings[kind]}</span>
        </MenuItem>
      ))}
    </Menu>
  );
}
