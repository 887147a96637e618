"use client";
import { ArrowRight, Maximize, X } from "lucide-react";
import Link from "next/link";
import { useWakeLock } from "#components/dashboard/use-wake-lock.ts";
import { LiveIndicator } from "#components/layout/live-indicator.tsx";
import { wallText as text } from "#components/strings/dashboard-widget.ts";
import { Button } from "#components/ui/button.tsx";

/** The one line above a wall. */
export function WallHeader({
  name,
  back,
  rotation,
}: {
  readonly name: string;
  readonly back: string;
  /** Absent with a single dashboard. */
  readonly rotation?: {
    readonly place: number;
    readonly of: number;
    readonly everySeconds: number;
    readonly onNext: () => void;
  };
}) {
  const isAwake = useWakeLock();
  return (
    <header className="mb-3 flex flex-wrap items-center gap-3 text-ink-3">
      <h1 className="min-w-0 flex-1 truncate text-2xl font-semibold text-ink">{name}</h1>
      {rotation !== undefined && (
        <span className="flex items-center gap-1 text-sm">
          {text.rotating(rotation.place, rotation.of, rotation.everySeconds)}
          <Button
            variant="ghost"
            size="sm"
            iconOnly
            aria-label={text.next}
            onClick={rotation.onNext}
          >
            <ArrowRight aria-hidden className="size-4" />
          </Button>
        </span>
      )}
      <LiveIndicator />
      <span className="text-sm max-sm:hidden">{isAwake ? text.awake : text.mayDim}</span>
      <Button
        variant="ghost"
        size="sm"
        onClick={() => void document.documentElement.requestFullscreen?.()}
      >
        <Maximize aria-hidden className="size-4" />
        {text.fullScreen}
      </Button>
      <Link href={back} className="inline-flex h-7 items-center gap-1 text-sm hover:text-ink">
        <X aria-hidden className="size-4" />
        {text.leave}
      </Link>
    </header>
  );
}
