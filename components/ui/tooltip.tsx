"use client";
import { Slot } from "radix-ui";
import {
  useEffect,
  useEffectEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type PointerEvent,
  type ReactNode,
  type RefObject,
} from "react";
import { createPortal } from "react-dom";

const openAfterMs = 350;
/** In which the pointer can go over to the words themselves (WCAG 1.4.13). */
const closeAfterMs = 200;
/** From its child, and from the window's edges; pixels. */
const gap = 6;
const margin = 8;

/** A short explanation on hover and focus. The child must take focus: a button or a link. */
export function Tooltip({
  label,
  children,
}: {
  readonly label: ReactNode;
  readonly children: ReactNode;
}) {
  const id = useId();
  const child = useRef<HTMLElement>(null);
  const { open, close, hover, press, focus } = useOpening();
  return (
    <>
      <Slot.Root
        ref={child}
        aria-describedby={open ? id : undefined}
        onPointerEnter={hover.enter}
        onPointerLeave={hover.leave}
        onPointerDown={press}
        onFocus={focus}
        onBlur={close}
        onClick={close}
      >
        {children}
      </Slot.Root>
      {open && (
        <Words id={id} beside={child} onClose={close} hover={hover}>
          {label}
        </Words>
      )}
    </>
  );
}

type Hover = Readonly<Record<"enter" | "leave", (event: PointerEvent) => void>>;

function useOpening() {
  const [open, setOpen] = useState(false);
  const isPressed = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const now = (is: boolean) => {
    clearTimeout(timer.current);
    setOpen(is);
  };
  const soon = (is: boolean, { pointerType }: PointerEvent) => {
    clearTimeout(timer.current);
    // A finger has no way to leave again.
    if (is && pointerType === "touch") return;
    timer.current = setTimeout(() => setOpen(is), is ? openAfterMs : closeAfterMs);
  };
  const hover: Hover = {
    enter: (event) => soon(true, event),
    leave: (event) => soon(false, event),
  };
  return {
    open,
    hover,
    close: () => now(false),
    press: () => {
      isPressed.current = true;
      now(false);
      document.addEventListener("pointerup", () => (isPressed.current = false), { once: true });
    },
    // What was pressed has the focus for another reason.
    focus: () => {
      if (!isPressed.current) now(true);
    },
  };
}

/** Above its child, below where there is no room, and never beyond the window. */
function place(words: HTMLElement, { left, top, bottom, width }: DOMRect): void {
  const { offsetWidth, offsetHeight, style } = words;
  const most = Math.max(margin, document.documentElement.clientWidth - offsetWidth - margin);
  const above = top - offsetHeight - gap;
  style.left = `${Math.min(Math.max(left + (width - offsetWidth) / 2, margin), most)}px`;
  style.top = `${above >= margin ? above : bottom + gap}px`;
}

function Words({
  id,
  beside,
  hover,
  onClose,
  children,
}: {
  readonly id: string;
  readonly beside: RefObject<HTMLElement | null>;
  readonly hover: Hover;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const words = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const at = beside.current?.getBoundingClientRect();
    if (words.current !== null && at !== undefined) place(words.current, at);
  });
  const close = useEffectEvent(onClose);
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === "Escape") close();
    };
    const onScroll = () => close();
    document.addEventListener("keydown", onKey);
    window.addEventListener("scroll", onScroll, { capture: true });
    return () => {
      document.removeEventListener("keydown", onKey);
      window.removeEventListener("scroll", onScroll, { capture: true });
    };
  }, []);
  return createPortal(
    <div
      ref={words}
      id={id}
      role="tooltip"
      onPointerEnter={hover.enter}
      onPointerLeave={hover.leave}
      className="fade-in fixed z-60 max-w-72 rounded bg-ink px-2 py-1 text-sm text-bg"
    >
      {children}
    </div>,
    document.body,
  );
}
