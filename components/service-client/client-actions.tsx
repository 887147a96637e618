"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { remove, resume, suspend } from "#app/(console)/settings/service-clients/actions.ts";
import { useSubmit } from "#components/auth/use-submit.ts";
import { useChange } from "#components/people/use-change.ts";
import { serviceClientsKey } from "#components/service-client/service-client-queries.ts";
import { serviceText } from "#components/strings/service-client.ts";
import { Button } from "#components/ui/button.tsx";
import { DangerDialog } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { ServiceClientView } from "#server/services/service-client/view.ts";

type End = "suspend" | "remove";

/** What an administrator may do with a service client as a whole. */
export function ClientActions({ client }: { readonly client: ServiceClientView }) {
  const queries = useQueryClient();
  const [ending, setEnding] = useState<End>();
  const resuming = useChange(resume, () => ({ title: serviceText.resumedToast(client.name) }));
  const refresh = () => void queries.invalidateQueries({ queryKey: serviceClientsKey });
  return (
    <div className="flex gap-2">
      {client.state === "suspended" && (
        <Button
          size="sm"
          busy={resuming.busy}
          onClick={() => void resuming.change({ serviceClient: client.id }).then(refresh)}
        >
          {serviceText.resume}
        </Button>
      )}
      <Menu
        trigger={
          <Button size="sm" iconOnly aria-label={serviceText.actions}>
            <Ellipsis aria-hidden className="size-4" />
          </Button>
        }
      >
        {client.state === "active" && (
          <MenuItem onSelect={() => setEnding("suspend")}>{serviceText.suspend}</MenuItem>
        )}
        <MenuItem tone="danger" onSelect={() => setEnding("remove")}>
          {serviceText.removeMenu}
        </MenuItem>
      </Menu>
      {ending !== undefined && (
        <EndDialog client={client} end={ending} onClose={() => setEnding(undefined)} />
      )}
    </div>
  );
}

const ends = {
  suspend: {
    title: serviceText.suspendTitle,
    text: serviceText.suspendText,
    label: serviceText.suspend,
    done: serviceText.suspendedToast,
  },
  remove: {
    title: serviceText.removeTitle,
    text: serviceText.removeText,
    label: serviceText.remove,
    done: serviceText.removedToast,
  },
} as const;

const acts = { suspend, remove } as const;

function EndDialog({
  client,
  end,
  onClose,
}: {
  readonly client: ServiceClientView;
  readonly end: End;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const [reason, setReason] = useState("");
  const { busy, refusal, submit } = useSubmit<
    { readonly serviceClient: string; readonly reason: string },
    { readonly username: string }
  >(acts[end]);
  const words = ends[end];
  async function confirm() {
    if ((await submit({ serviceClient: client.id, reason })) === undefined) return;
    toast({ tone: "ok", title: words.done(client.name) });
    if (end === "remove") router.push("/settings/service-clients");
    else onClose();
    await queries.invalidateQueries({ queryKey: serviceClientsKey });
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={words.title(client.name)}
      description={words.text}
      blastRadius={[
        {
          key: "used",
          label: serviceText.columnUsed,
          value: <RelativeTime value={client.lastUsedAt} fallback={serviceText.neverUsed} />,
        },
        { key: "grants", label: serviceText.grants, value: formatCount(client.grants.length) },
      ]}
      {...(end === "remove" && { typedName: client.username })}
      confirmLabel={words.label}
      busy={busy}
      error={
        refusal === undefined
          ? undefined
          : [refusal.message, refusal.remedy].filter((part) => part !== null).join(" ")
      }
      onConfirm={() => void confirm()}
    >
      <Field label={serviceText.reason}>
        <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
      </Field>
    </DangerDialog>
  );
}
