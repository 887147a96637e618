import clsx from "clsx";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { PendingBar } from "#components/ui/pending-bar.tsx";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger";
export type ButtonSize = "sm" | "md";

type Look = { readonly variant?: ButtonVariant; readonly size?: ButtonSize };

const variants: Readonly<Record<ButtonVariant, string>> = {
  primary:
    "border-accent bg-accent text-accent-ink hover:bg-accent-strong hover:border-accent-strong",
  secondary: "border-line-strong bg-surface text-ink hover:bg-sunken",
  ghost: "border-transparent bg-transparent text-ink-2 hover:bg-sunken hover:text-ink",
  danger: "border-bad bg-bad text-bad-ink hover:opacity-90",
};
const sizes: Readonly<Record<ButtonSize, string>> = {
  sm: "h-7 gap-1.5 px-2.5 text-sm",
  md: "h-8.5 gap-2 px-3 text-base",
};

function look({ variant = "secondary", size = "md" }: Look): string {
  return clsx(
    "inline-flex shrink-0 items-center justify-center rounded border font-medium whitespace-nowrap",
    "transition-colors duration-100 disabled:cursor-not-allowed disabled:opacity-55",
    "aria-disabled:cursor-not-allowed aria-disabled:opacity-55",
    variants[variant],
    sizes[size],
  );
}

/**
 * A button. `busy` keeps it focusable and says so; give it while the action runs.
 * `iconOnly` makes it square: then `aria-label` is needed.
 */
export function Button({
  variant,
  size,
  busy = false,
  iconOnly = false,
  className,
  onClick,
  type = "button",
  ...rest
}: ComponentProps<"button"> & Look & { readonly busy?: boolean; readonly iconOnly?: boolean }) {
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={clsx(
        look({ ...(variant && { variant }), ...(size && { size }) }),
        iconOnly && "aspect-square px-0!",
        className,
      )}
    />
  );
}

/** A link that looks like a button: it goes somewhere and changes nothing. */
export function ButtonLink({
  variant,
  size,
  className,
  children,
  ...rest
}: ComponentProps<typeof Link> & Look & { readonly children: ReactNode }) {
  return (
    <Link
      {...rest}
      className={clsx(look({ ...(variant && { variant }), ...(size && { size }) }), className)}
    >
      {children}
      <PendingBar />
    </Link>
  );
}
