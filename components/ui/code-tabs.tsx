"use client";
import clsx from "clsx";
import { Tabs } from "radix-ui";
import { CodeBlock } from "#components/ui/code-block.tsx";

export type CodeTab = {
  readonly id: string;
  readonly name: string;
  /** What to do before the text is pasted, and where it goes. */
  readonly before: string;
  readonly code: string;
};

/** The same thing said for several programs, one at a time. */
export function CodeTabs({
  label,
  tabs,
}: {
  readonly label: string;
  readonly tabs: readonly CodeTab[];
}) {
  const [first] = tabs;
  if (first === undefined) return null;
  return (
    <Tabs.Root defaultValue={first.id}>
      <Tabs.List aria-label={label} className="mb-2 flex flex-wrap gap-1">
        {tabs.map((tab) => (
          <Tabs.Trigger
            key={tab.id}
            value={tab.id}
            className={clsx(
              "h-7 rounded border border-transparent px-2.5 text-sm text-ink-2 hover:bg-sunken",
              "data-[state=active]:border-line-strong data-[state=active]:bg-surface data-[state=active]:font-medium data-[state=active]:text-ink",
            )}
          >
            {tab.name}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Content key={tab.id} value={tab.id} tabIndex={-1}>
          <p className="mb-2 text-sm text-ink-2">{tab.before}</p>
          <CodeBlock code={tab.code} what={tab.name} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
