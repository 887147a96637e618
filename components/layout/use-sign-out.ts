"use client";
import { requestSignOut } from "#components/auth/session-requests.ts";
import { useEndLive } from "#components/layout/live-provider.tsx";
import { forgetRecent } from "#components/layout/recent.ts";
import { layoutText } from "#components/strings/layout.ts";
import { useToast } from "#components/ui/toast.tsx";

/** Ends the session on the server and leaves the console; says so when that failed. */
export function useSignOut(): () => void {
  const toast = useToast();
  const endLive = useEndLive();
  async function leave() {
    const refusal = await requestSignOut();
    if (refusal === undefined) {
      endLive();
      forgetRecent();
      window.location.assign("/sign-in");
    } else toast({ tone: "bad", title: layoutText.signOutFailed, detail: refusal.message });
  }
  return () => void leave();
}
