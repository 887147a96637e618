import clsx from "clsx";
import type { ComponentProps, ReactNode } from "react";

/** A native checkbox with its label beside it; without a label give `aria-label`. */
export function Checkbox({
  label,
  hint,
  className,
  ...rest
}: Omit<ComponentProps<"input">, "type"> & {
  readonly label?: ReactNode;
  readonly hint?: ReactNode;
}) {
  const box = (
    <input {...rest} type="checkbox" className="block size-4 shrink-0 rounded-sm accent-accent" />
  );
  if (label === undefined) return box;
  return (
    <label className={clsx("flex gap-2 text-base text-ink", className)}>
      <span className="flex h-5 items-center">{box}</span>
      <span>
        {label}
        {hint !== undefined && <span className="block text-sm text-ink-3">{hint}</span>}
      </span>
    </label>
  );
}
