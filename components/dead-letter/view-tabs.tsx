"use client";
import clsx from "clsx";
import { Tabs } from "radix-ui";
import type { ReactNode } from "react";

export type ViewTab<Id extends string> = {
  readonly id: Id;
  readonly label: string;
  readonly content: ReactNode;
};

/** Tabs within a card. */
export function ViewTabs<Id extends string>({
  label,
  tabs,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly tabs: readonly ViewTab<Id>[];
  readonly chosen: Id;
  readonly onChoose: (id: Id) => void;
}) {
  return (
    <Tabs.Root
      value={chosen}
      onValueChange={(value) => {
        const tab = tabs.find(({ id }) => id === value);
        if (tab !== undefined) onChoose(tab.id);
      }}
    >
      <Tabs.List aria-label={label} className="mb-3 flex flex-wrap gap-1">
        {tabs.map((tab) => (
          <Tabs.Trigger
            key={tab.id}
            value={tab.id}
            className={clsx(
              "h-7 rounded border border-transparent px-2.5 text-sm text-ink-2 hover:bg-sunken",
              "data-[state=active]:border-line-strong data-[state=active]:bg-surface data-[state=active]:font-medium data-[state=active]:text-ink",
            )}
          >
            {tab.label}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Content key={tab.id} value={tab.id} tabIndex={-1}>
          {tab.content}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
