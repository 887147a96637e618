"use client";
import { X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { StateDot } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import type { ShownToast } from "#components/ui/toast.tsx";
import { uiText } from "#components/strings/ui.ts";

/** The messages on the screen, told to assistive technology as they come. */
export function ToastStack({
  messages,
  onGone,
}: {
  readonly messages: readonly ShownToast[];
  readonly onGone: (id: number) => void;
}) {
  return (
    <Radix.Provider label={uiText.notifications} duration={6_000}>
      {messages.map((message) => (
        <Radix.Root
          key={message.id}
          onOpenChange={(open) => {
            if (!open) onGone(message.id);
          }}
          className="fade-in flex items-start gap-2.5 rounded border border-line bg-surface py-2 pr-1.5 pl-3 text-base shadow-float"
        >
          <StateDot tone={message.tone} className="mt-2" />
          <div className="min-w-0 flex-1 py-0.5">
            <Radix.Title className="font-medium text-ink">{message.title}</Radix.Title>
            {message.detail !== undefined && (
              <Radix.Description className="text-sm text-ink-2">{message.detail}</Radix.Description>
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
  );
}
