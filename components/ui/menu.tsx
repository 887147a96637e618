"use client";
import clsx from "clsx";
import { Check } from "lucide-react";
import { Slot } from "radix-ui";
import {
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
} from "react";
import { later, LaterPart } from "#components/ui/later.ts";
import { useMenuParts } from "#components/ui/menu-parts.ts";

/** What menus open, which no page shows first. */
export const menuSurface = later(
  async () => (await import("#components/ui/menu-surface.tsx")).MenuSurface,
);

const itemLook = clsx(
  "flex min-h-8 cursor-default items-center gap-2.5 rounded-sm px-2.5 text-base outline-none select-none",
  "data-highlighted:bg-sunken data-disabled:text-ink-3",
);

/** A menu under its trigger (one button, given as `trigger`). */
export function Menu({
  trigger,
  children,
  align = "end",
  className = "min-w-48",
}: {
  readonly trigger: ReactNode;
  readonly children: ReactNode;
  readonly align?: "start" | "end";
  /** Its size. */
  readonly className?: string;
}) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLElement>(null);
  const ids = useId();
  return (
    <>
      <Slot.Root
        ref={button}
        id={`${ids}trigger`}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? `${ids}menu` : undefined}
        data-state={open ? "open" : "closed"}
        onPointerEnter={menuSurface.load}
        onFocus={menuSurface.load}
        onPointerDown={(event: PointerEvent<HTMLElement>) => {
          if (event.button !== 0 || event.ctrlKey || isDisabled(event.currentTarget)) return;
          setOpen(!open);
          // The focus is for what opens.
          if (!open) event.preventDefault();
        }}
        onKeyDown={(event: KeyboardEvent<HTMLElement>) => {
          if (!["Enter", " ", "ArrowDown"].includes(event.key)) return;
          event.preventDefault();
          if (!isDisabled(event.currentTarget)) setOpen(event.key === "ArrowDown" || !open);
        }}
      >
        {trigger}
      </Slot.Root>
      <LaterPart
        of={menuSurface}
        needed={open}
        props={{
          id: `${ids}menu`,
          open,
          onOpenChange: setOpen,
          trigger: button,
          align,
          className: clsx(
            "fade-in z-50 rounded border border-line bg-surface p-1 text-ink shadow-float",
            className,
          ),
          children,
        }}
      />
    </>
  );
}

function isDisabled(element: HTMLElement): boolean {
  return element.matches(":disabled, [aria-disabled=true]");
}

/** An action. `tone="danger"` for what takes something away. */
export function MenuItem({
  onSelect,
  icon,
  children,
  tone,
  disabled,
}: {
  readonly onSelect: () => void;
  readonly icon?: ReactNode;
  readonly children: ReactNode;
  readonly tone?: "danger";
  readonly disabled?: boolean;
}) {
  const Radix = useMenuParts();
  return (
    <Radix.Item
      onSelect={onSelect}
      {...(disabled !== undefined && { disabled })}
      className={clsx(itemLook, tone === "danger" && "text-bad")}
    >
      {icon}
      {children}
    </Radix.Item>
  );
}

/** One of many that can be ticked; the menu stays open. */
export function MenuCheck({
  checked,
  onToggle,
  children,
}: {
  readonly checked: boolean;
  readonly onToggle: () => void;
  readonly children: ReactNode;
}) {
  const Radix = useMenuParts();
  return (
    <Radix.CheckboxItem
      checked={checked}
      onCheckedChange={onToggle}
      onSelect={(event) => event.preventDefault()}
      className={itemLook}
    >
      <span className="flex size-4 items-center justify-center rounded-sm border border-line-control">
        <Radix.ItemIndicator>
          <Check aria-hidden className="size-3.5 text-accent" />
        </Radix.ItemIndicator>
      </span>
      {children}
    </Radix.CheckboxItem>
  );
}

/** One of several; the chosen one is ticked. */
export function MenuRadioGroup({
  label,
  value,
  onValueChange,
  options,
}: {
  readonly label: string;
  readonly value: string;
  readonly onValueChange: (value: string) => void;
  readonly options: readonly {
    readonly value: string;
    readonly label: string;
    readonly icon?: ReactNode;
  }[];
}) {
  const Radix = useMenuParts();
  return (
    <Radix.RadioGroup value={value} onValueChange={onValueChange}>
      <MenuLabel>{label}</MenuLabel>
      {options.map((option) => (
        <Radix.RadioItem key={option.value} value={option.value} className={itemLook}>
          {option.icon}
          <span className="flex-1">{option.label}</span>
          <Radix.ItemIndicator>
            <Check aria-hidden className="size-4 text-accent" />
          </Radix.ItemIndicator>
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

/** A quiet heading inside a menu. */
function MenuLabel({ children }: { readonly children: ReactNode }) {
  const Radix = useMenuParts();
  return <Radix.Label className="px-2.5 pt-1.5 pb-1 text-xs text-ink-3">{children}</Radix.Label>;
}

/** A hairline between groups. */
export function MenuSeparator() {
  const Radix = useMenuParts();
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}
