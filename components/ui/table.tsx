import clsx from "clsx";
import type { ComponentProps } from "react";

/** Plain table for short lists; DataTable is for long ones. Wrap nothing: it brings its own look. */
export function Table({ className, ...rest }: ComponentProps<"table">) {
  return <table {...rest} className={clsx("w-full border-collapse text-base", className)} />;
}

/** Header cell. `numeric` aligns right. */
export function Th({
  className,
  numeric = false,
  ...rest
}: ComponentProps<"th"> & { readonly numeric?: boolean }) {
  return (
    <th
      scope="col"
      {...rest}
      className={clsx(
        "h-row border-b border-line px-3.5 text-sm font-normal text-ink-2",
        numeric ? "text-right" : "text-left",
        className,
      )}
    />
  );
}

/** Row of 36 px with a hairline above the next. */
export function Tr({ className, ...rest }: ComponentProps<"tr">) {
  return <tr {...rest} className={clsx("border-b border-line last:border-b-0", className)} />;
}

/** Body cell. `numeric` aligns right. */
export function Td({
  className,
  numeric = false,
  ...rest
}: ComponentProps<"td"> & { readonly numeric?: boolean }) {
  return (
    <td {...rest} className={clsx("h-row px-3.5 py-1.5", numeric && "text-right", className)} />
  );
}
