"use client";
import { useState } from "react";
import { makePassword, makeSasKey, replaceSasKey } from "#app/(console)/devices/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import type { FreshToken } from "#components/device/token-secret.tsx";
import { tokenText } from "#components/strings/tokens.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import type { ActionResult } from "#server/web/action.ts";

export type TokenWish = { readonly kind: FreshToken["kind"]; readonly replaces: boolean };

type Request = { readonly wish: TokenWish; readonly deviceId: string; readonly key: string };

/** Each kind has its own service; all of them hand back one secret. */
async function obtain({ wish, deviceId, key }: Request): Promise<ActionResult<string>> {
  if (wish.kind === "password") {
    const made = await makePassword({ deviceId });
    return made.ok ? { ok: true, value: made.value.password } : made;
  }
  const slot = wish.kind === "sas-primary" ? "primary" : "secondary";
  const write = wish.replaces ? replaceSasKey : makeSasKey;
  const made = await write({ deviceId, slot, ...(key.trim() !== "" && { key: key.trim() }) });
  return made.ok ? { ok: true, value: made.value.key } : made;
}

/** Asks before a key or token is made, or replaces another. */
export function TokenForm({
  deviceId,
  wish,
  onMade,
  onClose,
}: {
  readonly deviceId: string;
  readonly wish: TokenWish;
  readonly onMade: (fresh: FreshToken) => void;
  readonly onClose: () => void;
}) {
  const [key, setKey] = useState("");
  const { busy, refusal, fieldError, submit } = useSubmit(obtain);
  const what = tokenText.kinds[wish.kind];
  async function make() {
    const secret = await submit({ wish, deviceId, key });
    if (secret !== undefined) onMade({ kind: wish.kind, secret });
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={wish.replaces ? tokenText.replaceTitle(what) : tokenText.makeTitle(what, deviceId)}
      description={wish.replaces ? tokenText.replaceText : tokenText.makeText[wish.kind]}
    >
      <form
        className="flex flex-col gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void make();
        }}
      >
        <RefusalNote refusal={refusal} />
        {wish.kind !== "password" && (
          <Field label={tokenText.ownKey} hint={tokenText.ownKeyHint} error={fieldError("key")}>
            <Input
              mono
              value={key}
              maxLength={100}
              autoComplete="off"
              spellCheck={false}
              autoCapitalize="none"
              onChange={(event) => setKey(event.currentTarget.value)}
            />
          </Field>
        )}
        <div className="flex justify-end">
          <Button type="submit" variant={wish.replaces ? "danger" : "primary"} busy={busy}>
            {wish.replaces ? tokenText.replace : tokenText.make}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
