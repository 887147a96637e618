"use client";
import { layoutText } from "#components/strings/layout.ts";
import { ErrorState } from "#components/ui/error-state.tsx";

/** A page that could not be rendered. `digest` is the reference under which the console logged why. */
export function PageError({
  digest,
  reset,
}: {
  readonly digest: string | undefined;
  readonly reset: () => void;
}) {
  return (
    <ErrorState isPage title={layoutText.errorTitle} onRetry={reset}>
      {digest === undefined ? (
        layoutText.errorNoReference
      ) : (
        <>
          {layoutText.errorText} <code>{digest}</code>
        </>
      )}
    </ErrorState>
  );
}
