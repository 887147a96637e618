"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Copy, Download, History, Monitor, MoreHorizontal, Share2, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { duplicate, remove } from "#app/(console)/dashboards/actions.ts";
import { dashboardHref, dashboardsKey } from "#components/dashboard/dashboard-queries.ts";
import { exportToFile } from "#components/dashboard/export-to-file.ts";
import { HistoryDrawer } from "#components/dashboard/history-drawer.tsx";
import { ShareDialog } from "#components/dashboard/share-dialog.tsx";
import { useChange } from "#components/people/use-change.ts";
import { dashboardText as text } from "#components/strings/dashboard.ts";
import { Button } from "#components/ui/button.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { DashboardView } from "#server/services/dashboard/view.ts";

type Open = "share" | "history" | "remove" | null;

type MenuProps = {
  readonly dashboard: DashboardView;
  /** The role includes dashboards. */
  readonly mayEdit: boolean;
};

/** What can be done with a whole dashboard. */
export function DashboardMenu({
  dashboard,
  mayEdit,
  onChanged,
}: MenuProps & {
  /** Something was changed on the server. */
  readonly onChanged: () => void;
}) {
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <>
      <Items {...{ dashboard, mayEdit }} onOpen={setOpen} />
      {open === "share" && <ShareDialog {...{ dashboard, onChanged }} onClose={close} />}
      {open === "history" && (
        <HistoryDrawer
          dashboard={dashboard}
          onRestored={() => {
            close();
            onChanged();
          }}
          onClose={close}
        />
      )}
      {open === "remove" && <RemoveDialog dashboard={dashboard} onClose={close} />}
    </>
  );
}

const icon = { "aria-hidden": true, className: "size-4" } as const;

function Items({
  dashboard,
  mayEdit,
  onOpen,
}: MenuProps & { readonly onOpen: (open: Open) => void }) {
  const { id: dashboardId, mayShare } = dashboard;
  const router = useRouter();
  const toast = useToast();
  const { change: copy } = useChange(duplicate, (made) => {
    router.push(dashboardHref(made.id));
    return { title: text.copied(made.name) };
  });
  async function exportIt() {
    await exportToFile(dashboardId).catch((error: unknown) =>
      toast({ tone: "bad", title: error instanceof Error ? error.message : String(error) }),
    );
  }
  const more = (
    <Button iconOnly aria-label={text.more}>
      <MoreHorizontal {...icon} />
    </Button>
  );
  return (
    <Menu trigger={more}>
      <MenuItem
        icon={<Monitor {...icon} />}
        onSelect={() => router.push(`${dashboardHref(dashboardId)}/wall${window.location.search}`)}
      >
        {text.wall}
      </MenuItem>
      <MenuItem icon={<History {...icon} />} onSelect={() => onOpen("history")}>
        {text.history}
      </MenuItem>
      <MenuItem icon={<Download {...icon} />} onSelect={() => void exportIt()}>
        {text.exportFile}
      </MenuItem>
      {mayEdit && (
        <MenuItem icon={<Copy {...icon} />} onSelect={() => void copy({ dashboardId })}>
          {text.duplicate}
        </MenuItem>
      )}
      {mayShare && (
        <>
          <MenuItem icon={<Share2 {...icon} />} onSelect={() => onOpen("share")}>
            {text.share}
          </MenuItem>
          <MenuSeparator />
          <MenuItem tone="danger" icon={<Trash2 {...icon} />} onSelect={() => onOpen("remove")}>
            {text.remove}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}

function RemoveDialog({
  dashboard: { id, name },
  onClose,
}: {
  readonly dashboard: DashboardView;
  readonly onClose: () => void;
}) {
  const router = useRouter();
  const client = useQueryClient();
  const { busy, change } = useChange(remove, () => ({ title: text.removed(name) }));
  async function confirm() {
    if (!(await change({ dashboardId: id }))) return;
    await client.invalidateQueries({ queryKey: dashboardsKey });
    router.push("/dashboards");
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={text.removeTitle(name)}
      description={text.removeText}
      confirmLabel={text.removeConfirm}
      busy={busy}
      onConfirm={() => void confirm()}
    />
  );
}
