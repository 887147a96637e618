"use client";
import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from "react";
import type { Tone } from "#components/ui/badge.tsx";
import { later, LaterPart } from "#components/ui/later.ts";

export type ToastMessage = {
  readonly tone: Tone;
  readonly title: string;
  readonly detail?: string;
};
export type ShownToast = ToastMessage & { readonly id: number };

const ToastContext = createContext<(message: ToastMessage) => void>(() => undefined);

/** What shows messages, which no page shows first. */
export const toastStack = later(
  async () => (await import("#components/ui/toast-stack.tsx")).ToastStack,
);

/** Says that something was done, or not, without taking the focus. Used inside ToastProvider. */
export function useToast(): (message: ToastMessage) => void {
  return useContext(ToastContext);
}

/** Around the pages once. At most three messages stay on screen. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [messages, setMessages] = useState<readonly ShownToast[]>([]);
  const nextId = useRef(0);
  const show = useCallback((message: ToastMessage) => {
    nextId.current += 1;
    const id = nextId.current;
    setMessages((before) => [...before.slice(-2), { ...message, id }]);
  }, []);
  // Nobody waits for a message: what cannot be shown is let go.
  const forget = useCallback(() => setMessages([]), []);
  const onGone = (id: number) => setMessages((now) => now.filter((each) => each.id !== id));
  return (
    <ToastContext value={show}>
      {children}
      <LaterPart
        of={toastStack}
        needed={messages.length > 0}
        onFailure={forget}
        props={{ messages, onGone }}
      />
    </ToastContext>
  );
}
