"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState, useTransition } from "react";
import { revocationsKey } from "#components/revocation/revocation-queries.ts";
import { authText } from "#components/strings/auth.ts";
import { useToast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#server/web/action.ts";

/** Runs what a dialog asks for: its refusal stays in the dialog, success closes it. */
export function useDecision<T>(
  act: () => Promise<ActionResult<T>>,
  done: (value: T) => string,
  onDone: (value: T) => void,
) {
  const [error, setError] = useState<string>();
  const [busy, start] = useTransition();
  const toast = useToast();
  const queries = useQueryClient();
  function confirm() {
    start(async () => {
      const result = await act().catch(() => undefined);
      if (result === undefined) {
        setError(authText.noAnswer);
        return;
      }
      // What was shown may have changed: also after a refusal.
      await queries.invalidateQueries({ queryKey: revocationsKey });
      if (!result.ok) {
        setError([result.error.message, result.error.remedy].filter(Boolean).join(" "));
        return;
      }
      toast({ tone: "ok", title: done(result.value) });
      onDone(result.value);
    });
  }
  return { error, busy, confirm };
}
