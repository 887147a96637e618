import clsx from "clsx";
import type { ReactNode } from "react";

/** A bordered surface. Give `labelledBy` the id of its header's title to make it a named region. */
export function Card({
  children,
  className,
  labelledBy,
}: {
  readonly children: ReactNode;
  readonly className?: string;
  readonly labelledBy?: string;
}) {
  const look = clsx("rounded border border-line bg-surface", className);
  if (labelledBy === undefined) return <div className={look}>{children}</div>;
  return (
    <section aria-labelledby={labelledBy} className={look}>
      {children}
    </section>
  );
}

/** The line on top of a card: its title, and on the right what qualifies or acts on it. */
export function CardHeader({
  title,
  aside,
  id,
  level = 2,
}: {
  readonly title: ReactNode;
  readonly aside?: ReactNode;
  readonly id?: string;
  readonly level?: 2 | 3;
}) {
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <div className="flex min-h-10.5 flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line px-3.5 py-2">
      <Heading {...(id !== undefined && { id })} className="text-base font-semibold text-ink">
        {title}
      </Heading>
      {aside !== undefined && <div className="text-sm text-ink-3">{aside}</div>}
    </div>
  );
}

/** Padding as every card has it. */
export function CardBody({
  children,
  className,
}: {
  readonly children: ReactNode;
  readonly className?: string;
}) {
  return <div className={clsx("p-3.5", className)}>{children}</div>;
}
