"use client";
import { removeOne, rollBack } from "#app/(console)/schemas/actions.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import type { BindingDialogProps } from "#components/schema/canary-dialog.tsx";
import { versionWords } from "#components/schema/version-words.ts";
import { useText } from "#components/strings/schema-use.ts";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { BindingView } from "#server/services/schema/view.ts";

export type BindingEnd = "rollBack" | "remove";

const acts = { rollBack, remove: removeOne } as const;

/** What the dialog says, and what the toast after it. */
function wordsOf(here: string, end: BindingEnd, binding: BindingView) {
  if (end === "remove") {
    return {
      title: useText.removeTitle,
      text: useText.removeText,
      label: useText.removeConfirm,
      done: useText.removed,
    };
  }
  const back = versionWords(here, binding.previousSchema ?? here, binding.previousVersion ?? 0);
  return {
    title: useText.rollBackTitle(back),
    text: useText.rollBackText,
    label: useText.rollBackConfirm,
    done: useText.rolledBack(back),
  };
}

/** Before a binding goes back to the version before, or is taken away. */
export function BindingEndDialog({
  schema,
  binding,
  end,
  onDone,
  onClose,
}: BindingDialogProps & { readonly end: BindingEnd }) {
  const toast = useToast();
  const { profileId, stream, contentType } = binding;
  const { busy, refusal, submit } = useSubmit<
    { readonly profileId: string; readonly stream: string; readonly contentType: string },
    unknown
  >(acts[end]);
  const words = wordsOf(schema.name, end, binding);
  async function confirm() {
    if ((await submit({ profileId, stream, contentType })) === undefined) return;
    toast({ tone: "ok", title: words.done });
    onDone();
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={words.title}
      description={words.text}
      blastRadius={[
        { key: "profile", label: useText.profile, value: binding.profileName },
        {
          key: "messages",
          label: useText.columnStream,
          value: useText.messages(stream, contentType),
        },
      ]}
      confirmLabel={words.label}
      busy={busy}
      error={
        refusal === undefined
          ? undefined
          : [refusal.message, refusal.remedy].filter((part) => part !== null).join(" ")
      }
      onConfirm={() => void confirm()}
    />
  );
}
