import { X } from "lucide-react";
import { fleetText } from "#components/strings/device.ts";

/** Says that a list is narrowed, and takes that away again. */
export function PlainChip({
  name,
  value,
  onRemove,
}: {
  readonly name: string;
  readonly value: string;
  readonly onRemove: () => void;
}) {
  return (
    <span className="inline-flex h-7.5 max-w-full items-center rounded border border-accent bg-accent-soft text-base text-accent">
      <span className="truncate pl-2.5">
        {fleetText.facet(name)} <span className="font-semibold">{value}</span>
      </span>
      <button
        type="button"
        aria-label={fleetText.removeFacet(name)}
        onClick={onRemove}
        className="flex h-full items-center px-1.5 hover:bg-surface"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
  );
}
