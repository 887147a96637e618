"use client";
import { useEffect, useState } from "react";
import { useLinkToken } from "#components/auth/use-link-token.ts";
import { authText } from "#components/strings/auth.ts";
import type { ActionResult } from "#server/web/action.ts";
import type { Failure } from "#server/web/failure.ts";

export type CheckedLink<T> =
  | { readonly state: "checking" }
  | { readonly state: "known"; readonly token: string; readonly value: T }
  | { readonly state: "refused"; readonly message: string; readonly remedy: string | null };

/** Asks the server what the link in the address is worth, before anything is typed. */
export function useCheckedLink<T>(
  check: (token: string) => Promise<ActionResult<T>>,
): CheckedLink<T> {
  const token = useLinkToken();
  const [link, setLink] = useState<CheckedLink<T>>({ state: "checking" });
  useEffect(() => {
    if (token === undefined) return;
    let current = true;
    const refuse = ({ message, remedy }: Pick<Failure, "message" | "remedy">) =>
      setLink({ state: "refused", message, remedy });
    check(token).then(
      (result) => {
        if (!current) return;
        if (result.ok) setLink({ state: "known", token, value: result.value });
        else refuse(result.error);
      },
      () => {
        if (current) refuse({ message: authText.noAnswer, remedy: authText.noAnswerRemedy });
      },
    );
    return () => {
      current = false;
    };
  }, [token, check]);
  return link;
}
