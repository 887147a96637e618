"use client";
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { CircleDot, Keyboard, LogOut, Monitor, Moon, Sun, type LucideIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { useDeferredValue, useState, type ReactNode } from "react";
import { findDevicesQuery } from "#components/layout/find-devices.ts";
import { navigationFor } from "#components/layout/navigation.ts";
import { useShell } from "#components/layout/shell-context.ts";
import { useSignOut } from "#components/layout/use-sign-out.ts";
import { layoutText } from "#components/strings/layout.ts";

type Frame = { readonly open: boolean; readonly onOpenChange: (open: boolean) => void };
type Choice = { readonly label: string; readonly icon: LucideIcon; readonly run: () => void };

/** ⌘K: devices, pages and actions by a few letters. */
export function CommandPalette({ open, onOpenChange }: Frame) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fade-in fixed inset-0 z-40 bg-overlay" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fade-in fixed top-[12dvh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 rounded border border-line bg-surface shadow-float outline-none"
        >
          <Dialog.Title className="sr-only">{layoutText.paletteTitle}</Dialog.Title>
          <Palette close={() => onOpenChange(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Palette({ close }: { readonly close: () => void }) {
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const router = useRouter();
  const pages = usePages().filter((choice) => fits(choice.label, wanted));
  const actions = useActions().filter((choice) => fits(choice.label, wanted));
  const devices = useQuery({ ...findDevicesQuery(wanted), enabled: wanted !== "" });
  const found = wanted === "" ? [] : (devices.data ?? []);
  const [chosen, setChosen] = useState("");
  const values = [
    ...found.map(({ id }) => id),
    ...[...pages, ...actions].map(({ label }) => label),
  ];
  const pick = (run: () => void) => {
    close();
    run();
  };
  return (
    <Command
      label={layoutText.paletteTitle}
      shouldFilter={false}
      loop
      value={values.includes(chosen) ? chosen : (values[0] ?? "")}
      onValueChange={setChosen}
    >
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder={layoutText.find}
        className="h-11 w-full border-b border-line bg-transparent px-3.5 text-base text-ink outline-none"
      />
      <Command.List className="max-h-[min(26rem,60dvh)] scroll-py-1 overflow-y-auto p-1">
        <Group heading={layoutText.paletteDevices} shown={found.length > 0}>
          {found.map((device) => (
            <Item
              key={device.id}
              value={device.id}
              icon={CircleDot}
              onSelect={() => pick(() => router.push(`/devices/${device.id}`))}
            >
              <span className="truncate">{device.name}</span>
              <span className="truncate font-mono text-xs text-ink-3">{device.deviceId}</span>
            </Item>
          ))}
        </Group>
        <Choices heading={layoutText.palettePages} choices={pages} pick={pick} />
        <Choices heading={layoutText.paletteActions} choices={actions} pick={pick} />
      </Command.List>
      <PaletteNote
        searching={devices.isFetching && found.length === 0}
        failed={devices.isError}
        nothing={found.length + pages.length + actions.length === 0}
      />
    </Command>
  );
}

function Choices({
  heading,
  choices,
  pick,
}: {
  readonly heading: string;
  readonly choices: readonly Choice[];
  readonly pick: (run: () => void) => void;
}) {
  return (
    <Group heading={heading} shown={choices.length > 0}>
      {choices.map(({ label, icon, run }) => (
        <Item key={label} value={label} icon={icon} onSelect={() => pick(run)}>
          {label}
        </Item>
      ))}
    </Group>
  );
}

function usePages(): readonly Choice[] {
  const { user } = useShell();
  const router = useRouter();
  return navigationFor(user.role)
    .flatMap((part) => part.entries)
    .map(({ label, icon, href }) => ({ label, icon, run: () => router.push(href) }));
}

function useActions(): readonly Choice[] {
  const { setTheme, openShortcuts } = useShell();
  const signOut = useSignOut();
  return [
    { label: layoutText.paletteLight, icon: Sun, run: () => setTheme("light") },
    { label: layoutText.paletteDark, icon: Moon, run: () => setTheme("dark") },
    { label: layoutText.paletteSystem, icon: Monitor, run: () => setTheme("system") },
    // After this dialog has closed: two at once would fight over the focus.
    { label: layoutText.paletteShortcuts, icon: Keyboard, run: () => setTimeout(openShortcuts, 0) },
    { label: layoutText.paletteSignOut, icon: LogOut, run: signOut },
  ];
}

function fits(label: string, wanted: string): boolean {
  return label.toLowerCase().includes(wanted.toLowerCase());
}

function Group({
  heading,
  shown,
  children,
}: {
  readonly heading: string;
  readonly shown: boolean;
  readonly children: ReactNode;
}) {
  if (!shown) return null;
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
