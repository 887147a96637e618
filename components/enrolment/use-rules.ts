"use client";
import { useEffect, useState, type RefObject } from "react";
import {
  draftInForm,
  rulesOfDraft,
  type ReadRules,
  type RulesDraft,
} from "#components/enrolment/rules-draft.ts";

/**
 * The rules in a form that keeps its own values: read when something is typed, and once when the
 * page comes alive, because something may have been typed before.
 */
export function useRules(
  form: RefObject<HTMLFormElement | null>,
  first: RulesDraft,
): {
  /** As they were when the form was last read. */
  readonly read: ReadRules;
  readonly touched: boolean;
  /** Reads the form now. */
  readonly readForm: () => ReadRules;
} {
  const [draft, setDraft] = useState(first);
  function readForm(): ReadRules {
    if (form.current === null) return rulesOfDraft(draft);
    const now = draftInForm(form.current, first);
    setDraft(now);
    return rulesOfDraft(now);
  }
  useEffect(() => {
    if (form.current !== null) setDraft(draftInForm(form.current, first));
    // eslint-disable-next-line react/exhaustive-deps -- once, when the page comes alive
  }, []);
  return {
    read: rulesOfDraft(draft),
    touched: JSON.stringify(draft) !== JSON.stringify(first),
    readForm,
  };
}
