"use client";
import { Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";

/** Fields of each thing of a list, and buttons that add and remove one. */
export function ListFields<T>({
  list,
  blank,
  addLabel,
  onChange,
  children,
}: {
  readonly list: readonly T[];
  /** What is added. */
  readonly blank: T;
  readonly addLabel: string;
  readonly onChange: (list: readonly T[]) => void;
  readonly children: (at: {
    readonly item: T;
    readonly index: number;
    readonly change: (part: Partial<T>) => void;
    readonly remove: () => void;
  }) => ReactNode;
}) {
  return (
    <div className="flex flex-col gap-4">
      {list.map((item, index) => (
        <div key={index}>
          {children({
            item,
            index,
            change: (part) =>
              onChange(list.map((each, place) => (place === index ? { ...each, ...part } : each))),
            remove: () => onChange(list.filter((_, place) => place !== index)),
          })}
        </div>
      ))}
      <div>
        <Button size="sm" onClick={() => onChange([...list, blank])}>
          <Plus aria-hidden className="size-3.5" />
          {addLabel}
        </Button>
      </div>
    </div>
  );
}

/** Takes one thing out of the list. */
export function RemoveButton({
  label,
  onRemove,
}: {
  readonly label: string;
  readonly onRemove: () => void;
}) {
  return (
    <Button iconOnly variant="ghost" className="md:mt-6.5" aria-label={label} onClick={onRemove}>
      <Trash2 aria-hidden className="size-4" />
    </Button>
  );
}
