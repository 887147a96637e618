"use client";
import { useRouter } from "next/navigation";
import { useEffect, useState, type ReactNode } from "react";
import { useBackGuard } from "#components/device/use-back-guard.ts";
import { credentialText } from "#components/strings/credentials.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";

type LeaveWords = Readonly<Record<"leaveTitle" | "leaveText" | "leave" | "stay", string>>;

/**
 * Holds people back from leaving the page while `active`: closing and reloading by the browser's own
 * question, links and the browser's Back by ours. @returns the question, to be rendered
 */
export function useLeaveGuard(active: boolean, words: LeaveWords = credentialText): ReactNode {
  const router = useRouter();
  const [leave, setLeave] = useState<{ readonly go: () => void } | null>(null);
  useBackGuard(active, (go) => setLeave({ go }));
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
      const url = new URL(link.href, window.location.href);
      setLeave({ go: () => router.push(`${url.pathname}${url.search}`) });
    };
    window.addEventListener("beforeunload", onUnload);
    document.addEventListener("click", onClick, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      document.removeEventListener("click", onClick, { capture: true });
    };
  }, [active, router]);

  return (
    <Dialog
      open={leave !== null}
      onOpenChange={(open) => {
        if (!open) setLeave(null);
      }}
      title={words.leaveTitle}
      description={words.leaveText}
      footer={
        <>
          <Button
            onClick={() => {
              setLeave(null);
              leave?.go();
            }}
          >
            {words.leave}
          </Button>
          <Button variant="primary" onClick={() => setLeave(null)}>
            {words.stay}
          </Button>
        </>
      }
    />
  );
}
