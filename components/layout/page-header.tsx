import Link from "next/link";
import type { ReactNode } from "react";
import { layoutText } from "#components/strings/layout.ts";

/** The top of a page: where it is, what it is called, what can be done. */
export function PageHeader({
  title,
  subtitle,
  badge,
  actions,
  breadcrumb,
}: {
  readonly title: ReactNode;
  readonly subtitle?: ReactNode;
  /** Beside the title: the state of the thing. */
  readonly badge?: ReactNode;
  readonly actions?: ReactNode;
  readonly breadcrumb?: readonly { readonly label: string; readonly href?: string }[];
}) {
  return (
    <header className="mb-5 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        {breadcrumb !== undefined && (
          <nav aria-label={layoutText.breadcrumb} className="mb-1.5">
            <ol className="flex flex-wrap gap-1.5 text-ink-3">
              {breadcrumb.map((step, index) => (
                <li key={step.label} className="flex gap-1.5">
                  {index > 0 && <span aria-hidden>/</span>}
                  {step.href === undefined ? (
                    step.label
                  ) : (
                    <Link href={step.href} className="hover:text-ink hover:underline">
                      {step.label}
                    </Link>
                  )}
                </li>
              ))}
            </ol>
          </nav>
        )}
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <h1 className="text-xl font-semibold text-ink">{title}</h1>
          {badge}
        </div>
        {subtitle !== undefined && <div className="mt-0.5 text-ink-2">{subtitle}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
    </header>
  );
}
