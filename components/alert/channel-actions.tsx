"use client";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { change, remove, rotate, test } from "#app/(console)/settings/alerts/actions.ts";
import { ChannelFields } from "#components/alert/channel-fields.tsx";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { channelText } from "#components/strings/alert.ts";
import { Button } from "#components/ui/button.tsx";
import { DangerDialog, Dialog } from "#components/ui/dialog.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { useToast } from "#components/ui/toast.tsx";
import type { ChannelView } from "#server/services/alert-channel/view.ts";

type Props = {
  readonly channel: ChannelView;
  readonly onSecret: (fresh: { readonly name: string; readonly secret: string }) => void;
  readonly onChange: () => void;
};

type Opened = "change" | "rotate" | "remove";

/** What an administrator may do with a channel. */
export function ChannelActions({ channel, onSecret, onChange }: Props) {
  const [opened, setOpened] = useState<Opened>();
  const close = () => setOpened(undefined);
  return (
    <div className="flex justify-end gap-2">
      <TestButton channelId={channel.id} name={channel.name} />
      <Menu
        trigger={
          <Button size="sm" iconOnly aria-label={channelText.actions(channel.name)}>
            <Ellipsis aria-hidden className="size-4" />
          </Button>
        }
      >
        <MenuItem onSelect={() => setOpened("change")}>{channelText.change}</MenuItem>
        {channel.kind === "webhook" && (
          <MenuItem onSelect={() => setOpened("rotate")}>{channelText.rotate}</MenuItem>
        )}
        <MenuItem tone="danger" onSelect={() => setOpened("remove")}>
          {channelText.remove}
        </MenuItem>
      </Menu>
      {opened === "change" && (
        <ChangeDialog channel={channel} onClose={close} onChange={onChange} />
      )}
      {opened === "rotate" && (
        <RotateDialog channel={channel} onClose={close} onSecret={onSecret} onChange={onChange} />
      )}
      {opened === "remove" && (
        <RemoveDialog channel={channel} onClose={close} onChange={onChange} />
      )}
    </div>
  );
}

function TestButton({ channelId, name }: { readonly channelId: string; readonly name: string }) {
  const toast = useToast();
  const { busy, submit, refusal } = useSubmit(test);
  async function send() {
    const result = await submit({ channelId });
    if (result === undefined) return;
    toast(
      result.sent
        ? { tone: "ok", title: channelText.testSent, detail: name }
        : { tone: "bad", title: channelText.testFailed, detail: result.error },
    );
  }
  return (
    <span className="flex flex-col items-end gap-1">
      <Button size="sm" busy={busy} onClick={() => void send()}>
        {channelText.test}
      </Button>
      <RefusalNote refusal={refusal} />
    </span>
  );
}

function ChangeDialog({
  channel,
  onClose,
  onChange,
}: Pick<Props, "channel" | "onChange"> & { readonly onClose: () => void }) {
  const toast = useToast();
  const [draft, setDraft] = useState<Parameters<typeof ChannelFields>[0]["draft"]>(channel);
  const { busy, refusal, fieldError, submit } = useSubmit(change);
  async function save() {
    const { name, target, minSeverity, rules, enabled } = draft;
    const { id: channelId, revision } = channel;
    const input = { channelId, revision, name, target, minSeverity, rules: [...rules], enabled };
    if ((await submit(input)) === undefined) return;
    toast({ tone: "ok", title: channelText.saved });
    onChange();
    onClose();
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={channelText.changeTitle(channel.name)}
    >
      <form
        className="flex flex-col gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void save();
        }}
      >
        <RefusalNote refusal={refusal} />
        <ChannelFields draft={draft} isNew={false} fieldError={fieldError} onChange={setDraft} />
        <div className="flex justify-end">
          <Button type="submit" variant="primary" busy={busy}>
            {channelText.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What a dialog says of a refusal, in one line. */
function inOneLine(
  refusal: { readonly message: string; readonly remedy: string | null } | undefined,
): string | undefined {
  if (refusal === undefined) return undefined;
  return [refusal.message, refusal.remedy].filter((part) => part !== null).join(" ");
}

function RotateDialog({
  channel,
  onClose,
  onSecret,
  onChange,
}: Props & { readonly onClose: () => void }) {
  const { busy, refusal, submit } = useSubmit(rotate);
  async function confirm() {
    const rotated = await submit({ channelId: channel.id });
    if (rotated === undefined) return;
    onClose();
    onChange();
    onSecret({ name: channel.name, secret: rotated.secret });
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={channelText.rotateTitle(channel.name)}
      description={channelText.rotateText}
      confirmLabel={channelText.rotate}
      busy={busy}
      error={inOneLine(refusal)}
      onConfirm={() => void confirm()}
    />
  );
}

function RemoveDialog({
  channel,
  onClose,
  onChange,
}: Pick<Props, "channel" | "onChange"> & { readonly onClose: () => void }) {
  const toast = useToast();
  const { busy, refusal, submit } = useSubmit(remove);
  async function confirm() {
    if ((await submit({ channelId: channel.id })) === undefined) return;
    toast({ tone: "ok", title: channelText.removed(channel.name) });
    onChange();
    onClose();
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={channelText.removeTitle(channel.name)}
      description={channelText.removeText}
      confirmLabel={channelText.remove}
      busy={busy}
      error={inOneLine(refusal)}
      onConfirm={() => void confirm()}
    />
  );
}
