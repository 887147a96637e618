"use client";
import { Check, Copy, X } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { uiText } from "#components/strings/ui.ts";

const looks = {
  idle: { Icon: Copy, word: uiText.copy, said: "" },
  copied: { Icon: Check, word: uiText.copied, said: uiText.copied },
  refused: { Icon: X, word: uiText.copyRefused, said: uiText.copyRefused },
} as const;

/** Copies `text`; `what` names it for assistive technology ("device id"). `label` shows the word too. */
export function CopyButton({
  text,
  what,
  label = false,
}: {
  readonly text: string;
  readonly what: string;
  readonly label?: boolean;
}) {
  const [state, setState] = useState<keyof typeof looks>("idle");
  async function copy() {
    // The browser refuses outside of HTTPS and loopback, or when the person said no.
    const done = await navigator.clipboard.writeText(text).then(
      () => "copied" as const,
      () => "refused" as const,
    );
    setState(done);
    setTimeout(() => setState("idle"), 1_600);
  }
  const { Icon, word, said } = looks[state];
  return (
    <Button
      variant={label ? "secondary" : "ghost"}
      size="sm"
      iconOnly={!label}
      aria-label={uiText.copyNamed(what)}
      onClick={() => void copy()}
    >
      <Icon aria-hidden className="size-3.5" />
      {label && word}
      <output className="sr-only">{said}</output>
    </Button>
  );
}

/** An id, serial, fingerprint or topic in mono with its copy button. */
export function CopyText({
  text,
  what,
  children,
}: {
  readonly text: string;
  readonly what: string;
  /** A shortened form to show; the whole text is copied. */
  readonly children?: ReactNode;
}) {
  return (
    <span className="-my-1 inline-flex max-w-full items-center gap-0.5">
      <span className="min-w-0 truncate font-mono text-sm" title={text}>
        {children ?? text}
      </span>
      <CopyButton text={text} what={what} />
    </span>
  );
}
