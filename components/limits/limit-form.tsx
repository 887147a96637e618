"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { reset, set } from "#app/(console)/settings/limits/actions.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import { limitsKey } from "#components/limits/limit-queries.ts";
import { useChange } from "#components/people/use-change.ts";
import { limitText, titleOfLimit } from "#components/strings/limits.ts";
import { uiText } from "#components/strings/ui.ts";
import { Button } from "#components/ui/button.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { ListenerLimitView } from "#server/services/listener-limit/list.ts";

/** As a ref: takes the focus when it appears, because the reader has just asked for it. */
export function focusOnMount(element: HTMLElement | null): void {
  element?.focus();
}

/** Sets or resets a limit; says how it ended and reads the limits anew. */
function useLimitChange(limit: ListenerLimitView, onClose: () => void) {
  const queries = useQueryClient();
  const toast = useToast();
  const title = titleOfLimit(limit);
  const { scope, name } = limit;
  const { busy, refusal, submit } = useSubmit(set);
  const resetting = useChange(reset, () => ({ title: limitText.wasReset(title) }));
  async function finish() {
    await queries.invalidateQueries({ queryKey: limitsKey });
    onClose();
  }
  return {
    busy: busy || resetting.busy,
    problem: refusal?.fields[0]?.message ?? refusal?.message,
    save: async (text: string) => {
      // What is no number is refused by the service; an empty text would be 0.
      const value = text.trim() === "" ? "?" : text;
      if ((await submit({ scope, name, value })) === undefined) return;
      toast({ tone: "ok", title: limitText.saved(title) });
      await finish();
    },
    reset: async () => {
      if (await resetting.change({ scope, name })) await finish();
    },
  };
}

/** A limit's new value, within its bounds, or its default again. */
export function LimitForm({
  limit,
  onClose,
}: {
  readonly limit: ListenerLimitView;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState(String(limit.effective));
  const { busy, problem, save, reset: restore } = useLimitChange(limit, onClose);
  const title = titleOfLimit(limit);
  const { min, max, unit } = limit;
  return (
    <form
      className="flex flex-col items-start gap-2"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void save(text);
      }}
    >
      <Field
        hideLabel
        label={limitText.newValue(title)}
        hint={limitText.bounds(formatCount(min), formatCount(max), limitText.units[unit])}
        error={problem}
      >
        <Input
          ref={focusOnMount}
          inputMode="numeric"
          autoComplete="off"
          className="max-w-44 tabular-nums"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") onClose();
          }}
        />
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" size="sm" variant="primary" busy={busy}>
          {limitText.save}
        </Button>
        {limit.override !== null && (
          <Button
            size="sm"
            busy={busy}
            aria-label={limitText.resetLabel(title)}
            onClick={() => void restore()}
          >
            {limitText.reset}
          </Button>
        )}
        <Button size="sm" variant="ghost" onClick={onClose}>
          {uiText.cancel}
        </Button>
      </div>
    </form>
  );
}
