"use client";
import { useQueryClient } from "@tanstack/react-query";
import { start } from "#app/(console)/dead-letters/actions.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import { groupsKey } from "#components/dead-letter/group-queries.ts";
import { runText } from "#components/strings/workbench.ts";
import { useToast } from "#components/ui/toast.tsx";

type Start = Parameters<typeof start>[0];

/** Starts a run and reads the group anew, which then shows its progress. */
export function useStartRun(): {
  readonly busy: boolean;
  readonly error: string | undefined;
  /** @returns its id, undefined when it was refused */
  readonly begin: (run: Start) => Promise<string | undefined>;
} {
  const client = useQueryClient();
  const toast = useToast();
  const { busy, refusal, submit } = useSubmit(start);
  return {
    busy,
    error:
      refusal === undefined
        ? undefined
        : [refusal.message, refusal.remedy].filter((part) => part !== null).join(" "),
    begin: async (run) => {
      const started = await submit(run);
      if (started === undefined) return undefined;
      toast({ tone: "ok", title: runText.started[run.kind] });
      await client.invalidateQueries({ queryKey: groupsKey });
      return started.id;
    },
  };
}
