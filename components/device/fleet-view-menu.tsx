"use client";
import { useQueryClient, useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { change, create, remove, setDefault } from "#app/(console)/fleet/views/actions.ts";
import { savedViewsQuery } from "#components/device/fleet-queries.ts";
import { FleetViewDialog } from "#components/device/fleet-view-dialog.tsx";
import { tableFromParams, tableParams, type TableView } from "#components/device/use-fleet-view.ts";
import { useShell } from "#components/layout/shell-context.ts";
import { useChange } from "#components/people/use-change.ts";
import { fleetText } from "#components/strings/device.ts";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { usualColumns } from "#server/domain/fleet-columns.ts";
import { everyDevice } from "#server/domain/fleet-filter.ts";
import { may } from "#server/domain/roles.ts";
import type { SavedViewView } from "#server/services/saved-view/internal.ts";
import type { SavedViewList } from "#server/services/saved-view/list.ts";

const nothing: TableView = { ...everyDevice, columns: usualColumns, viewId: "all" };

/** What a view keeps: everything of the address but which view it is. */
function stateOf(view: TableView) {
  return { address: tableParams({ ...view, viewId: null }).toString(), filter: view.filter };
}

/** The saved views of the table: open, save, change, share, and which one it opens with. */
export function FleetViewMenu({
  view,
  first,
  onOpen,
}: {
  readonly view: TableView;
  readonly first: SavedViewList;
  readonly onOpen: (view: TableView) => void;
}) {
  const { role } = useShell().user;
  const [editing, setEditing] = useState<"new" | "current">();
  const { data } = useQuery(savedViewsQuery(first));
  const current = data.views.find(({ id }) => id === view.viewId);
  const actions = useViewActions(view, onOpen);
  const open = (each: SavedViewView) =>
    onOpen({ ...tableFromParams(new URLSearchParams(each.state.address)), viewId: each.id });
  return (
    <>
      <Menu
        trigger={
          <Button size="sm" className="h-7.5!">
            <span className="max-w-48 truncate">{current?.name ?? fleetText.views}</span>
            <ChevronDown aria-hidden className="size-3.5" />
          </Button>
        }
      >
        <MenuItem onSelect={() => onOpen(nothing)}>{fleetText.viewAll}</MenuItem>
        <ViewItems
          label={fleetText.viewsOwn}
          views={data.views.filter(({ isOwn }) => isOwn)}
          onOpen={open}
        />
        <ViewItems
          label={fleetText.viewsShared}
          views={data.views.filter(({ isOwn }) => !isOwn)}
          onOpen={open}
        />
        <MenuSeparator />
        <MenuItem onSelect={() => setEditing("new")}>{fleetText.viewSave}</MenuItem>
        {current !== undefined && (current.isOwn || role === "admin") && (
          <OwnItems view={current} actions={actions} onRename={() => setEditing("current")} />
        )}
        <DefaultItem current={current} defaultId={data.defaultId} onChoose={actions.makeDefault} />
      </Menu>
      {editing !== undefined && (
        <FleetViewDialog
          view={editing === "current" ? current : undefined}
          mayShare={may(role, "view.share")}
          busy={actions.busy}
          onClose={() => setEditing(undefined)}
          onSave={async (input) => {
            const done = await actions.save(input, editing === "current" ? current : undefined);
            if (done) setEditing(undefined);
          }}
        />
      )}
    </>
  );
}

function OwnItems({
  view,
  actions,
  onRename,
}: {
  readonly view: SavedViewView;
  readonly actions: ReturnType<typeof useViewActions>;
  readonly onRename: () => void;
}) {
  return (
    <>
      <MenuItem onSelect={() => void actions.keep(view)}>{fleetText.viewChange}</MenuItem>
      <MenuItem onSelect={onRename}>{fleetText.viewRename}</MenuItem>
      <MenuItem tone="danger" onSelect={() => void actions.drop(view)}>
        {fleetText.viewRemove}
      </MenuItem>
    </>
  );
}

/** Opens the table with the view that is shown, or as it comes. */
function DefaultItem({
  current,
  defaultId,
  onChoose,
}: {
  readonly current: SavedViewView | undefined;
  readonly defaultId: string | null;
  readonly onChoose: (viewId: string | null) => Promise<boolean>;
}) {
  if (current !== undefined && current.id !== defaultId) {
    return <MenuItem onSelect={() => void onChoose(current.id)}>{fleetText.viewDefault}</MenuItem>;
  }
  if (defaultId === null) return null;
  return <MenuItem onSelect={() => void onChoose(null)}>{fleetText.viewNoDefault}</MenuItem>;
}

function ViewItems({
  label,
  views,
  onOpen,
}: {
  readonly label: string;
  readonly views: readonly SavedViewView[];
  readonly onOpen: (view: SavedViewView) => void;
}) {
  if (views.length === 0) return null;
  return (
    <>
      <MenuSeparator />
      <p className="px-2.5 pt-1.5 pb-1 text-xs text-ink-3">{label}</p>
      {views.map((each) => (
        <MenuItem key={each.id} onSelect={() => onOpen(each)}>
          {each.name}
        </MenuItem>
      ))}
    </>
  );
}

function useViewActions(view: TableView, onOpen: (view: TableView) => void) {
  const queries = useQueryClient();
  const said = ({ name }: { readonly name: string }) => ({ title: fleetText.viewSaved(name) });
  const made = useChange(create, (saved) => {
    onOpen({ ...view, viewId: saved.id });
    return said(saved);
  });
  const changed = useChange(change, said);
  const removed = useChange(remove, ({ name }) => ({ title: fleetText.viewRemoved(name) }));
  const chosen = useChange(setDefault, () => ({ title: fleetText.viewDefaultSet }));
  async function then(done: Promise<boolean>): Promise<boolean> {
    const isDone = await done;
    if (isDone) await queries.invalidateQueries({ queryKey: ["fleet", "views"] });
    return isDone;
  }
  return {
    busy: made.busy || changed.busy,
    save: (input: { readonly name: string; readonly shared: boolean }, of?: SavedViewView) =>
      then(
        of === undefined
          ? made.change({ ...input, state: stateOf(view) })
          : changed.change({ ...input, viewId: of.id, revision: of.revision }),
      ),
    keep: (of: SavedViewView) =>
      then(changed.change({ viewId: of.id, revision: of.revision, state: stateOf(view) })),
    drop: (of: SavedViewView) => then(removed.change({ viewId: of.id })),
    makeDefault: (viewId: string | null) => then(chosen.change({ viewId })),
  };
}
