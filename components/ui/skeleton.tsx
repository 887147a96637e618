import clsx from "clsx";

/** A quiet stand-in while something loads; hidden from assistive technology. */
export function Skeleton({ className }: { readonly className?: string }) {
  return (
    <span aria-hidden className={clsx("skeleton-pulse block rounded-sm bg-line", className)} />
  );
}
