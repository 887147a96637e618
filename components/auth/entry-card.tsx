import type { ReactNode } from "react";
import { Mark } from "#components/layout/mark.tsx";
import { layoutText } from "#components/strings/layout.ts";
import { Card } from "#components/ui/card.tsx";

/** The frame of the pages before one is signed in. */
export function EntryCard({
  title,
  intro,
  children,
}: {
  readonly title: string;
  readonly intro?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center gap-4 px-4 py-10">
      <p className="flex items-center gap-2 text-base font-semibold text-ink">
        <Mark className="size-5 text-accent" />
        {layoutText.product}
      </p>
      <Card className="flex flex-col gap-4 p-5">
        <div>
          <h1 className="text-xl font-semibold text-ink">{title}</h1>
          {intro !== undefined && <p className="mt-1 text-ink-2">{intro}</p>}
        </div>
        {children}
      </Card>
    </main>
  );
}
