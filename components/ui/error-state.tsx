"use client";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { uiText } from "#components/strings/ui.ts";

/** What could not be done, to which thing, and what to do next. */
export function ErrorState({
  title,
  children,
  onRetry,
  retryLabel = uiText.retry,
  isPage = false,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly onRetry?: () => void;
  readonly retryLabel?: string;
  /** It is all there is on the page: its title is the page's. */
  readonly isPage?: boolean;
}) {
  const Title = isPage ? "h1" : "p";
  return (
    <div role="alert" className="flex flex-col items-center gap-1.5 px-6 py-14 text-center">
      <CircleAlert aria-hidden className="size-5 text-bad" />
      <Title className="text-base font-semibold text-ink">{title}</Title>
      {children !== undefined && <div className="max-w-md text-base text-ink-2">{children}</div>}
      {onRetry !== undefined && (
        <Button className="mt-3" onClick={onRetry}>
          {retryLabel}
        </Button>
      )}
    </div>
  );
}

/** An error inside a form or card: one block, announced when it appears. */
export function ErrorNote({
  children,
  remedy,
}: {
  readonly children: ReactNode;
  readonly remedy?: ReactNode;
}) {
  return (
    <div
      role="alert"
      className="rounded border border-bad/40 bg-bad-soft px-3 py-2 text-base text-bad"
    >
      <p>{children}</p>
      {remedy !== undefined && <p className="mt-0.5 text-sm">{remedy}</p>}
    </div>
  );
}
