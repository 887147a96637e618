import { layoutText } from "#components/strings/layout.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";

/** The shape of a page while it is being read. */
export function PageSkeleton() {
  return (
    <div>
      <output className="sr-only">{layoutText.loadingPage}</output>
      <Skeleton className="h-6 w-48" />
      <Skeleton className="mt-2 h-4 w-80 max-w-full" />
      <div className="mt-6 flex flex-col gap-3 rounded border border-line bg-surface p-3.5">
        {Array.from({ length: 8 }, (_, index) => (
          <Skeleton key={index} className="h-4 w-full" />
        ))}
      </div>
    </div>
  );
}
