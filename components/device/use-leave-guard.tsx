"use client";
import { useRouter } from "next/navigation";
import { useEffect, useState, type ReactNode } from "react";
import { credentialText } from "#components/strings/credentials.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";

type LeaveWords = Readonly<Record<"leaveTitle" | "leaveText" | "leave" | "stay", string>>;

/**
 * Holds people back from leaving the page while `active`: closing and reloading by the browser's own
 * question, links by ours. @returns the question, to be rendered
 */
export function useLeaveGuard(active: boolean, words: LeaveWords = credentialText): ReactNode {
  const router = useRouter();
  const [target, setTarget] = useState<string | null>(null);
  useEffect(() => {
    if (!active) return;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const onClick = (event: MouseEvent) => {
      const link = (event.target as Element | null)?.closest?.("a[href]");
      if (
        !(link instanceof HTMLAnchorElement) ||
        link.download !== "" ||
        link.target === "_blank"
      ) {
        return;
      }
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      event.stopPropagation();
      setTarget(link.href);
    };
    window.addEventListener("beforeunload", onUnload);
    document.addEventListener("click", onClick, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      document.removeEventListener("click", onClick, { capture: true });
    };
  }, [active]);

  return (
    <Dialog
      open={target !== null}
      onOpenChange={(open) => {
        if (!open) setTarget(null);
      }}
      title={words.leaveTitle}
      description={words.leaveText}
      footer={
        <>
          <Button
            onClick={() => {
              const url = new URL(target ?? "/", window.location.href);
              setTarget(null);
              router.push(`${url.pathname}${url.search}`);
            }}
          >
            {words.leave}
          </Button>
          <Button variant="primary" onClick={() => setTarget(null)}>
            {words.stay}
          </Button>
        </>
      }
    />
  );
}
