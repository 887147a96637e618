"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useSubmit } from "#components/auth/use-submit.ts";
import { authoritiesKey } from "#components/authority/authority-queries.ts";
import { listsKey } from "#components/certificate/lists-queries.ts";
import { useToast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#server/web/action.ts";

/** Runs a change of the CAs for a dialog; afterwards the CAs and their lists are read anew. */
export function useAuthorityChange<I, T>(action: (input: I) => Promise<ActionResult<T>>) {
  const queries = useQueryClient();
  const toast = useToast();
  const { submit, ...rest } = useSubmit(action);
  return {
    ...rest,
    /** @param said what a toast says when it is done; nothing when undefined */
    change: async (input: I, said?: { readonly title: string; readonly detail?: string }) => {
      const value = await submit(input);
      if (value === undefined) return undefined;
      if (said !== undefined) toast({ tone: "ok", ...said });
      await Promise.all(
        [authoritiesKey, listsKey].map((queryKey) => queries.invalidateQueries({ queryKey })),
      );
      return value;
    },
  };
}

/** One text of what was refused, with what to do. */
export function refusalText(
  refusal: { readonly message: string; readonly remedy: string | null } | undefined,
): string | undefined {
  if (refusal === undefined) return undefined;
  return [refusal.message, refusal.remedy].filter((part) => part !== null).join(" ");
}
