"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { schemaHref, schemaQuery, schemasKey } from "#components/schema/schema-queries.ts";
import type { DraftState } from "#components/schema/use-draft.ts";
import { checkText, editorText } from "#components/strings/schema.ts";
import { useToast } from "#components/ui/toast.tsx";
import type { SchemaView } from "#server/services/schema/view.ts";

/** What happens beside the draft itself when it is saved, published or discarded. */
export function useEditing({
  schema,
  state,
  onReload,
}: {
  readonly schema: SchemaView;
  readonly state: DraftState;
  readonly onReload: () => Promise<void>;
}) {
  const queries = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const refresh = () => queries.invalidateQueries({ queryKey: schemasKey });

  /** @returns the revision that is saved now, or undefined when it was refused */
  async function save(over?: number): Promise<number | undefined> {
    const revision = await state.save(over);
    if (revision === undefined) {
      // Who was faster is part of what one has to know.
      await refresh();
      return undefined;
    }
    toast({ tone: "ok", title: editorText.saved, detail: editorText.savedDetail });
    await refresh();
    return revision;
  }
  /** In the place of what somebody else saved. */
  async function saveOver() {
    const now = await queries.fetchQuery({ ...schemaQuery(schema), staleTime: 0 });
    await save(now.revision);
  }
  async function published(version: number) {
    toast({
      tone: "ok",
      title: checkText.published(schema.name, version),
      detail: checkText.publishedDetail,
    });
    await refresh();
    await onReload();
    router.push(schemaHref(schema.name, "use"));
  }
  async function discarded() {
    toast({ tone: "ok", title: editorText.discarded });
    await refresh();
    await onReload();
  }
  return { save, saveOver, published, discarded };
}
