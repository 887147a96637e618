"use client";
import { useState } from "react";
import { authText } from "#components/strings/auth.ts";
import { peopleText } from "#components/strings/people.ts";
import { useToast, type ToastMessage } from "#components/ui/toast.tsx";
import type { ActionResult } from "#server/web/action.ts";

/** Runs a one-click change and says how it ended in a toast. */
export function useChange<I, T>(
  action: (input: I) => Promise<ActionResult<T>>,
  done: (value: T, input: I) => Omit<ToastMessage, "tone">,
): { readonly busy: boolean; readonly change: (input: I) => Promise<boolean> } {
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  async function change(input: I): Promise<boolean> {
    setBusy(true);
    const result = await action(input).catch(() => undefined);
    setBusy(false);
    if (result?.ok === true) {
      toast({ tone: "ok", ...done(result.value, input) });
      return true;
    }
    const detail =
      result === undefined
        ? authText.noAnswer
        : [result.error.message, result.error.remedy].filter((part) => part !== null).join(" ");
    toast({ tone: "bad", title: peopleText.notChanged, detail });
    return false;
  }
  return { busy, change };
}
