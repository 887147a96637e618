"use client";
import { PageError } from "#components/layout/page-error.tsx";

export default function PageFailed({
  error,
  reset,
}: {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
}) {
  return <PageError digest={error.digest} reset={reset} />;
}
