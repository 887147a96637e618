"use client";
import clsx from "clsx";
import { createContext, useContext, useId, type ComponentProps, type ReactNode } from "react";

type FieldWiring = {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
  readonly required: boolean;
};
const FieldContext = createContext<FieldWiring | null>(null);

export const controlLook = clsx(
  "w-full rounded border border-line-control bg-surface text-base text-ink",
  "hover:border-ink-3 focus-visible:outline-offset-0 aria-invalid:border-bad",
  "disabled:cursor-not-allowed disabled:bg-sunken disabled:text-ink-3",
);

/** The id and aria attributes that the surrounding Field gives to its control. */
export function useFieldControl(own: { readonly id?: string | undefined }) {
  const field = useContext(FieldContext);
  if (field === null) return own.id === undefined ? {} : { id: own.id };
  return {
    id: own.id ?? field.id,
    ...(field.describedBy !== undefined && { "aria-describedby": field.describedBy }),
    ...(field.invalid && { "aria-invalid": true as const }),
    ...(field.required && { required: true }),
  };
}

/** Label, control, hint and error, wired for assistive technology. The control is the child. */
export function Field({
  label,
  hint,
  error,
  required = false,
  hideLabel = false,
  children,
  className,
}: {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** One sentence: what is wrong and what would be right. */
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly hideLabel?: boolean;
  readonly children: ReactNode;
  readonly className?: string;
}) {
  const id = useId();
  const hasError = error !== undefined && error !== "";
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  const errorId = hasError ? `${id}-error` : undefined;
  const describedBy = [errorId, hintId].filter((part) => part !== undefined).join(" ");
  return (
    <FieldContext
      value={{
        id,
        describedBy: describedBy === "" ? undefined : describedBy,
        invalid: hasError,
        required,
      }}
    >
      <div className={clsx("flex flex-col gap-1.5", className)}>
        <label htmlFor={id} className={hideLabel ? "sr-only" : "text-sm font-medium text-ink"}>
          {label}
        </label>
        {children}
        {hasError && (
          <p id={errorId} role="alert" className="text-sm text-bad">
            {error}
          </p>
        )}
        {hint !== undefined && (
          <p id={hintId} className="text-sm text-ink-3">
            {hint}
          </p>
        )}
      </div>
    </FieldContext>
  );
}

/** One line of text. Inside a Field it finds its label, hint and error by itself. */
export function Input({
  className,
  id,
  mono = false,
  ...rest
}: ComponentProps<"input"> & { readonly mono?: boolean }) {
  const wiring = useFieldControl({ id });
  return (
    <input
      {...wiring}
      {...rest}
      className={clsx(controlLook, "h-8.5 px-2.5", mono && "font-mono text-sm", className)}
    />
  );
}

/** Several lines of text; `mono` for PEM, JSON and the like. */
export function Textarea({
  className,
  id,
  mono = false,
  ...rest
}: ComponentProps<"textarea"> & { readonly mono?: boolean }) {
  const wiring = useFieldControl({ id });
  return (
    <textarea
      rows={4}
      {...wiring}
      {...rest}
      className={clsx(controlLook, "px-2.5 py-2", mono && "font-mono text-sm", className)}
    />
  );
}
