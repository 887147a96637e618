"use client";
import { Command } from "cmdk";
import type { LucideIcon } from "lucide-react";
import { Dialog } from "radix-ui";
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { EarlyKeys } from "#components/layout/early-keys.ts";
import { usePaletteChoices } from "#components/layout/palette-choices.ts";
import { layoutText } from "#components/strings/layout.ts";

type Frame = {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** What was pressed since it was asked for, before it was there. */
  readonly early: EarlyKeys;
};

/** ⌘K: devices, tags, groups, dashboards, pages and actions by a few letters. */
export function CommandPalette({ open, onOpenChange, early }: Frame) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fade-in fixed inset-0 z-40 bg-overlay" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fade-in fixed top-[12dvh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 rounded border border-line bg-surface shadow-float outline-none"
        >
          <Dialog.Title className="sr-only">{layoutText.paletteTitle}</Dialog.Title>
          <Palette early={early} close={() => onOpenChange(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Presses the list's keys again, once it stands. */
function useEarlyList({ listKeys }: EarlyKeys) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const key of listKeys) {
        field.current?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      }
    }, 0);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once, when the palette is there
  }, []);
  return field;
}

function Palette({ close, early }: Pick<Frame, "early"> & { readonly close: () => void }) {
  const [text, setText] = useState(early.text);
  const field = useEarlyList(early);
  const [chosen, setChosen] = useState("");
  const { groups, isSearching, hasFailed } = usePaletteChoices(text);
  const ids = groups.flatMap(({ choices }) => choices.map(({ id }) => id));
  const pick = (run: () => void) => {
    close();
    run();
  };
  return (
    <Command
      label={layoutText.paletteTitle}
      shouldFilter={false}
      loop
      value={ids.includes(chosen) ? chosen : (ids[0] ?? "")}
      onValueChange={setChosen}
    >
      <Command.Input
        ref={field}
        value={text}
        onValueChange={setText}
        placeholder={layoutText.find}
        className="h-11 w-full border-b border-line bg-transparent px-3.5 text-base text-ink outline-none"
      />
      <Command.List className="max-h-[min(26rem,60dvh)] scroll-py-1 overflow-y-auto p-1">
        {groups.map(({ heading, choices }) => (
          <Group key={heading} heading={heading}>
            {choices.map(({ id, label, aside, icon, run }) => (
              <Item key={id} value={id} icon={icon} onSelect={() => pick(run)}>
                <span className="truncate">{label}</span>
                {aside !== undefined && (
                  <span className="truncate font-mono text-xs text-ink-3">{aside}</span>
                )}
              </Item>
            ))}
          </Group>
        ))}
      </Command.List>
      <PaletteNote searching={isSearching} failed={hasFailed} nothing={ids.length === 0} />
    </Command>
  );
}

function Group({ heading, children }: { readonly heading: string; readonly children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3"
    >
      {children}
    </Command.Group>
  );
}

function Item({
  icon: Icon,
  children,
  ...rest
}: {
  readonly icon: LucideIcon;
  readonly value: string;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Command.Item
      {...rest}
      className="flex h-row cursor-default items-center gap-2.5 rounded-sm px-2.5 text-base text-ink data-[selected=true]:bg-accent-soft"
    >
      <Icon aria-hidden className="size-4 shrink-0 text-ink-3" strokeWidth={1.75} />
      {children}
    </Command.Item>
  );
}

function PaletteNote(is: {
  readonly searching: boolean;
  readonly failed: boolean;
  readonly nothing: boolean;
}) {
  const note = is.failed
    ? layoutText.paletteFailed
    : is.searching
      ? layoutText.paletteSearching
      : is.nothing
        ? layoutText.paletteNothing
        : "";
  return (
    <output className={note === "" ? "sr-only" : "block px-2.5 py-3 text-sm text-ink-2"}>
      {note}
    </output>
  );
}
