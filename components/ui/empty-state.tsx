import type { ReactNode } from "react";

/** What belongs here, and the one button that gets it there. */
export function EmptyState({
  title,
  children,
  action,
  isPage = false,
}: {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  /** It is all there is on the page: its title is the page's. */
  readonly isPage?: boolean;
}) {
  const Title = isPage ? "h1" : "p";
  return (
    <div className="flex flex-col items-center gap-1.5 px-6 py-14 text-center">
      <Title className="text-base font-semibold text-ink">{title}</Title>
      {children !== undefined && <div className="max-w-md text-base text-ink-2">{children}</div>}
      {action !== undefined && <div className="mt-3">{action}</div>}
    </div>
  );
}
