import type { ReactNode } from "react";

/** A key of the keyboard. */
export function Key({ children }: { readonly children: ReactNode }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-line-strong bg-surface px-1.5 font-sans text-xs text-ink-2">
      {children}
    </kbd>
  );
}
