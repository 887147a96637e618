"use client";
import clsx from "clsx";
import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { controlLook, useFieldControl } from "#components/ui/input.tsx";

export type SelectOption = {
  readonly value: string;
  readonly label: string;
  readonly disabled?: boolean;
};

/** The browser's own select: right on phones and with screen readers. */
export function Select({
  options,
  id,
  className,
  ...rest
}: Omit<ComponentProps<"select">, "children"> & { readonly options: readonly SelectOption[] }) {
  const wiring = useFieldControl({ id });
  return (
    <span className={clsx("relative inline-flex", className)}>
      <select
        {...wiring}
        {...rest}
        className={clsx(controlLook, "h-8.5 appearance-none pr-8 pl-2.5")}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2.5 size-3.5 -translate-y-1/2 text-ink-3"
      />
    </span>
  );
}
