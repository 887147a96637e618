import clsx from "clsx";
import { Fragment, type ReactNode } from "react";

export type KeyValue = {
  readonly key: string;
  readonly label: ReactNode;
  readonly value: ReactNode;
  readonly mono?: boolean;
};

/** A definition list in two columns: what it is, what it is now. */
export function KeyValues({
  items,
  className,
}: {
  readonly items: readonly KeyValue[];
  readonly className?: string;
}) {
  return (
    <dl
      className={clsx("grid grid-cols-[minmax(6rem,max-content)_1fr] gap-x-6 gap-y-2", className)}
    >
      {items.map((item) => (
        <Fragment key={item.key}>
          <dt className="text-ink-3">{item.label}</dt>
          <dd
            className={clsx(
              "min-w-0 break-words text-ink",
              item.mono === true && "font-mono text-sm",
            )}
          >
            {item.value}
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}
