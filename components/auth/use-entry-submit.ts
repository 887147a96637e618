"use client";
import { useState } from "react";
import { requestSignIn } from "#components/auth/session-requests.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import type { ActionResult } from "#server/web/action.ts";

/**
 * For the forms of one-time links: the action makes the account or its password, then the person is
 * signed in with it and lands on the Overview.
 */
export function useEntrySubmit<I extends { readonly password: string }>(
  action: (input: I) => Promise<ActionResult<{ readonly email: string }>>,
) {
  const [signingIn, setSigningIn] = useState(false);
  const { busy, refusal, fieldError, submit, refuse } = useSubmit(action);
  async function enter(input: I): Promise<void> {
    const known = await submit(input);
    if (known === undefined) return;
    setSigningIn(true);
    const refused = await requestSignIn(known.email, input.password);
    if (refused === undefined) {
      window.location.assign("/");
      return;
    }
    setSigningIn(false);
    refuse(refused);
  }
  return { working: busy || signingIn, refusal, fieldError, enter };
}
