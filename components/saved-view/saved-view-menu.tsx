"use client";
import { useQueryClient, useQuery } from "@tanstack/react-query";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { change, create, remove, setDefault } from "#app/(console)/fleet/views/actions.ts";
import { useShell } from "#components/layout/shell-context.ts";
import { useChange } from "#components/people/use-change.ts";
import { SavedViewDialog } from "#components/saved-view/saved-view-dialog.tsx";
import { savedViewsKey, savedViewsQuery } from "#components/saved-view/saved-view-queries.ts";
import { savedViewText } from "#components/strings/saved-view.ts";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { may } from "#server/domain/roles.ts";
import type { SavedViewView } from "#server/services/saved-view/internal.ts";
import type { SavedViewList } from "#server/services/saved-view/list.ts";
import type { ViewPage, ViewState } from "#server/services/saved-view/schemas.ts";

/** What is opened: a view by its id with its address, or the page as it comes. */
export type OpenedView = { readonly id: string; readonly address: string } | null;

/** A page that has views, as it is now. */
export type ViewedPage = {
  readonly page: ViewPage;
  /** The view that the page's address names. */
  readonly viewId: string | null;
  /** What a view would keep. */
  readonly state: ViewState;
  readonly onOpen: (opened: OpenedView) => void;
  /** The view that was just saved is the one that is shown. */
  readonly onSaved: (viewId: string) => void;
  readonly words: {
    readonly asItComes: string;
    readonly kept: string;
    /** Where the page can open with a view. */
    readonly makeDefault?: string;
    readonly noDefault?: string;
    readonly defaultSet?: string;
  };
};

/** The saved views of a page: open, save, change, share, and which one it opens with. */
export function SavedViewMenu({
  first,
  ...viewed
}: ViewedPage & { readonly first: SavedViewList }) {
  const { page, viewId, words, onOpen } = viewed;
  const { role } = useShell().user;
  const [editing, setEditing] = useState<"new" | "current">();
  const { data } = useQuery(savedViewsQuery(page, first));
  const current = data.views.find(({ id }) => id === viewId);
  const actions = useViewActions(viewed);
  const open = ({ id, state }: SavedViewView) => onOpen({ id, address: state.address });
  return (
    <>
      <Menu
        trigger={
          <Button size="sm" className="h-7.5!">
            <span className="max-w-48 truncate">{current?.name ?? savedViewText.views}</span>
            <ChevronDown aria-hidden className="size-3.5" />
          </Button>
        }
      >
        <MenuItem onSelect={() => onOpen(null)}>{words.asItComes}</MenuItem>
        <ViewItems
          label={savedViewText.own}
          views={data.views.filter(({ isOwn }) => isOwn)}
          onOpen={open}
        />
        <ViewItems
          label={savedViewText.shared}
          views={data.views.filter(({ isOwn }) => !isOwn)}
          onOpen={open}
        />
        <MenuSeparator />
        <MenuItem onSelect={() => setEditing("new")}>{savedViewText.save}</MenuItem>
        {current !== undefined && (current.isOwn || role === "admin") && (
          <OwnItems view={current} actions={actions} onRename={() => setEditing("current")} />
        )}
        <DefaultItem
          current={current}
          defaultId={data.defaultId}
          words={words}
          onChoose={actions.makeDefault}
        />
      </Menu>
      {editing !== undefined && (
        <SavedViewDialog
          view={editing === "current" ? current : undefined}
          kept={words.kept}
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
      <MenuItem onSelect={() => void actions.keep(view)}>{savedViewText.keep}</MenuItem>
      <MenuItem onSelect={onRename}>{savedViewText.rename}</MenuItem>
      <MenuItem tone="danger" onSelect={() => void actions.drop(view)}>
        {savedViewText.remove}
      </MenuItem>
    </>
  );
}

/** Opens the page with the view that is shown, or as it comes. */
function DefaultItem({
  current,
  defaultId,
  words,
  onChoose,
}: {
  readonly words: ViewedPage["words"];
  readonly current: SavedViewView | undefined;
  readonly defaultId: string | null;
  readonly onChoose: (viewId: string | null) => Promise<boolean>;
}) {
  const { makeDefault, noDefault } = words;
  if (makeDefault !== undefined && current !== undefined && current.id !== defaultId) {
    return <MenuItem onSelect={() => void onChoose(current.id)}>{makeDefault}</MenuItem>;
  }
  if (noDefault === undefined || defaultId === null) return null;
  return <MenuItem onSelect={() => void onChoose(null)}>{noDefault}</MenuItem>;
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

function useViewActions({ page, state, words, onSaved }: ViewedPage) {
  const queries = useQueryClient();
  const said = ({ name }: { readonly name: string }) => ({ title: savedViewText.saved(name) });
  const made = useChange(create, (saved) => {
    onSaved(saved.id);
    return said(saved);
  });
  const changed = useChange(change, said);
  const removed = useChange(remove, ({ name }) => ({ title: savedViewText.removed(name) }));
  const chosen = useChange(setDefault, () => ({ title: words.defaultSet ?? "" }));
  async function then(done: Promise<boolean>): Promise<boolean> {
    const isDone = await done;
    if (isDone) await queries.invalidateQueries({ queryKey: savedViewsKey(page) });
    return isDone;
  }
  return {
    busy: made.busy || changed.busy,
    save: (input: { readonly name: string; readonly shared: boolean }, of?: SavedViewView) =>
      then(
        of === undefined
          ? made.change({ ...input, page, state })
          : changed.change({ ...input, viewId: of.id, revision: of.revision }),
      ),
    keep: (of: SavedViewView) =>
      then(changed.change({ viewId: of.id, revision: of.revision, state })),
    drop: (of: SavedViewView) => then(removed.change({ viewId: of.id })),
    makeDefault: (viewId: string | null) => then(chosen.change({ page, viewId })),
  };
}
