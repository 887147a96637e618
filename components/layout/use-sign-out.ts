"use client";
import { layoutText } from "#components/strings/layout.ts";
import { useToast } from "#components/ui/toast.tsx";

/** Ends the session on the server and leaves the console; says so when that failed. */
export function useSignOut(): () => void {
  const toast = useToast();
  async function leave() {
    try {
      const { signOut } = await import("next-auth/react");
      await signOut({ callbackUrl: "/sign-in" });
    } catch {
      toast({ tone: "bad", title: layoutText.signOutFailed, detail: layoutText.signOutRetry });
    }
  }
  return () => void leave();
}
