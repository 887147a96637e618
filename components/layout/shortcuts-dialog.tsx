"use client";
import { Fragment } from "react";
import { navigationFor } from "#components/layout/navigation.ts";
import { useShell } from "#components/layout/shell-context.ts";
import { useSingleKeys } from "#components/layout/single-keys.ts";
import { layoutText } from "#components/strings/layout.ts";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Key } from "#components/ui/key.tsx";

/** The list of keys, and the switch for those without a modifier. */
export function ShortcutsDialog(props: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}) {
  return (
    <Dialog {...props} title={layoutText.shortcuts} description={layoutText.shortcutsHint}>
      <ShortcutList />
    </Dialog>
  );
}

function ShortcutList() {
  const { user } = useShell();
  const [singleKeys, setSingleKeys] = useSingleKeys();
  const rows: readonly (readonly [readonly string[], string])[] = [
    [["⌘ K", "Ctrl K"], layoutText.shortcutFind],
    [["?"], layoutText.shortcutHelp],
    [["/"], layoutText.shortcutFilter],
    [["j", "k", "↑", "↓"], layoutText.shortcutRows],
    [["↵"], layoutText.shortcutOpen],
    [["x"], layoutText.shortcutSelect],
    ...navigationFor(user.role)
      .flatMap((part) => part.entries)
      .map((entry) => [["g", entry.key], layoutText.shortcutGo(entry.label)] as const),
  ];
  return (
    <div className="flex flex-col gap-5">
      <dl className="grid grid-cols-[max-content_1fr] items-center gap-x-5 gap-y-2">
        {rows.map(([keys, what]) => (
          <Fragment key={what}>
            <dt className="flex gap-1">
              {keys.map((key) => (
                <Key key={key}>{key}</Key>
              ))}
            </dt>
            <dd className="text-ink-2">{what}</dd>
          </Fragment>
        ))}
      </dl>
      <Checkbox
        checked={singleKeys}
        onChange={(event) => setSingleKeys(event.target.checked)}
        label={layoutText.shortcutSingle}
        hint={layoutText.shortcutSingleHint}
      />
    </div>
  );
}
