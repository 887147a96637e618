"use client";
import { X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from "react";
import { StateDot, type Tone } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { uiText } from "#components/strings/ui.ts";

export type ToastMessage = {
  readonly tone: Tone;
  readonly title: string;
  readonly detail?: string;
};

const ToastContext = createContext<(message: ToastMessage) => void>(() => undefined);

/** Says that something was done, or not, without taking the focus. Used inside ToastProvider. */
export function useToast(): (message: ToastMessage) => void {
  return useContext(ToastContext);
}

/** Around the application once. At most three messages stay on screen. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [messages, setMessages] = useState<readonly (ToastMessage & { readonly id: number })[]>([]);
  const nextId = useRef(0);
  const show = useCallback((message: ToastMessage) => {
    nextId.current += 1;
    const id = nextId.current;
    setMessages((before) => [...before.slice(-2), { ...message, id }]);
  }, []);
  return (
    <ToastContext value={show}>
      <Radix.Provider label={uiText.notifications} duration={6_000}>
        {children}
        {messages.map((message) => (
          <Radix.Root
            key={message.id}
            onOpenChange={(open) => {
              if (!open) setMessages((before) => before.filter((each) => each.id !== message.id));
            }}
            className="fade-in flex items-start gap-2.5 rounded border border-line bg-surface py-2 pr-1.5 pl-3 text-base shadow-float"
          >
            <StateDot tone={message.tone} className="mt-2" />
            <div className="min-w-0 flex-1 py-0.5">
              <Radix.Title className="font-medium text-ink">{message.title}</Radix.Title>
              {message.detail !== undefined && (
                <Radix.Description className="text-sm text-ink-2">
                  {message.detail}
                </Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <Button variant="ghost" size="sm" iconOnly aria-label={uiText.close}>
                <X aria-hidden className="size-3.5" />
              </Button>
            </Radix.Close>
          </Radix.Root>
        ))}
        <Radix.Viewport className="fixed right-4 bottom-4 z-60 flex w-[calc(100vw-2rem)] max-w-sm flex-col gap-2 outline-none max-md:bottom-18" />
      </Radix.Provider>
    </ToastContext>
  );
}
