"use client";
import { useState } from "react";
import { authText } from "#components/strings/auth.ts";
import type { ActionResult } from "#server/web/action.ts";
import type { Failure } from "#server/web/failure.ts";

type Shown = Pick<Failure, "message" | "remedy" | "fields">;

const noAnswer: Shown = {
  message: authText.noAnswer,
  remedy: authText.noAnswerRemedy,
  fields: [],
};

/**
 * Runs a server action for a form: busy meanwhile, its refusal afterwards. `submit` returns the
 * value, or undefined when it was refused.
 */
export function useSubmit<I, T>(
  action: (input: I) => Promise<ActionResult<T>>,
): {
  readonly busy: boolean;
  readonly refusal: Shown | undefined;
  readonly fieldError: (path: string) => string | undefined;
  readonly submit: (input: I) => Promise<T | undefined>;
  readonly refuse: (refusal: { readonly message: string; readonly remedy: string | null }) => void;
} {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Shown>();
  async function submit(input: I): Promise<T | undefined> {
    setBusy(true);
    setRefusal(undefined);
    try {
      const result = await action(input);
      if (result.ok) return result.value;
      setRefusal(result.error);
    } catch {
      // The action itself never throws: the network did.
      setRefusal(noAnswer);
    } finally {
      setBusy(false);
    }
    return undefined;
  }
  return {
    busy,
    refusal,
    fieldError: (path) => refusal?.fields.find((field) => field.path === path)?.message,
    submit,
    refuse: ({ message, remedy }) => setRefusal({ message, remedy, fields: [] }),
  };
}
