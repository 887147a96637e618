"use client";
import { widgetText } from "#components/strings/dashboard-widget.ts";
import { Button } from "#components/ui/button.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";

type Asked = {
  readonly isPending: boolean;
  readonly isError: boolean;
  readonly data: unknown;
  readonly error: { readonly message: string } | null;
  readonly refetch: () => unknown;
};

/** What stands in a widget while there is nothing to show: undefined once there is. */
export function waitingFor(query: Asked) {
  if (query.data !== undefined) return undefined;
  if (query.isError) {
    return <Failed message={query.error?.message ?? ""} onRetry={() => void query.refetch()} />;
  }
  return <Skeleton className="size-full min-h-12 opacity-40" />;
}

function Failed({ message, onRetry }: { readonly message: string; readonly onRetry: () => void }) {
  return (
    <div
      role="alert"
      className="flex h-full flex-col items-center justify-center gap-1 overflow-hidden px-3 text-center"
    >
      <p className="font-medium text-bad">{widgetText.failed}</p>
      <p className="line-clamp-2 text-sm text-ink-2">{message}</p>
      <Button size="sm" className="mt-1" onClick={onRetry}>
        {widgetText.retry}
      </Button>
    </div>
  );
}

/** Why a widget is empty, in its middle. */
export function Hollow({ title, text }: { readonly title: string; readonly text?: string }) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-0.5 px-3 text-center">
      <p className="text-ink-2">{title}</p>
      {text !== undefined && <p className="text-sm text-ink-3">{text}</p>}
    </div>
  );
}

/** A last read that failed while something older is shown. */
export function StaleNote({ query }: { readonly query: Asked }) {
  if (!query.isError || query.data === undefined) return null;
  return (
    <p role="alert" className="truncate text-xs text-bad">
      {widgetText.failed}: {query.error?.message}
    </p>
  );
}
