"use client";
import { useState } from "react";
import {
  makePassword,
  makePsk,
  makeSasKey,
  replacePsk,
  replaceSasKey,
} from "#app/(console)/devices/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import type { FreshToken } from "#components/device/secret-details.tsx";
import { tokenText } from "#components/strings/tokens.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import type { ActionResult } from "#server/web/action.ts";

export type TokenWish = { readonly kind: FreshToken["kind"]; readonly replaces: boolean };

type Request = {
  readonly wish: TokenWish;
  readonly deviceId: string;
  /** Brought along; empty: made here. */
  readonly key: string;
  readonly keepOld: boolean;
};

/** Makes what was asked for; all services hand back one secret. */
export async function obtainSecret({
  wish: { kind, replaces },
  deviceId,
  key,
  keepOld,
}: Request): Promise<ActionResult<string>> {
  if (kind === "password") {
    const made = await makePassword({ deviceId, keepOld });
    return made.ok ? { ok: true, value: made.value.password } : made;
  }
  const { make, replace, slot } = keyServices[kind];
  const write = replaces ? replace : make;
  const made = await write({ deviceId, slot, ...(key.trim() !== "" && { key: key.trim() }) });
  return made.ok ? { ok: true, value: made.value.key } : made;
}

const sas = { make: makeSasKey, replace: replaceSasKey };
const psk = { make: makePsk, replace: replacePsk };

/** Each kind of key has its own services. */
const keyServices = {
  "sas-primary": { ...sas, slot: "primary" },
  "sas-secondary": { ...sas, slot: "secondary" },
  "psk-primary": { ...psk, slot: "primary" },
  "psk-secondary": { ...psk, slot: "secondary" },
} as const;

function questionOf({ kind, replaces }: TokenWish, deviceId: string) {
  const what = tokenText.kinds[kind];
  if (!replaces) {
    return { title: tokenText.makeTitle(what, deviceId), description: tokenText.makeText[kind] };
  }
  const description = kind === "password" ? tokenText.replaceTokenText : tokenText.replaceText;
  return { title: tokenText.replaceTitle(what), description };
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
  const [keepOld, setKeepOld] = useState(true);
  const { busy, refusal, fieldError, submit } = useSubmit(obtainSecret);
  const isToken = wish.kind === "password";
  const endsOld = wish.replaces && !(isToken && keepOld);
  async function make() {
    const secret = await submit({ wish, deviceId, key, keepOld: wish.replaces && keepOld });
    if (secret !== undefined) onMade({ kind: wish.kind, secret });
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      {...questionOf(wish, deviceId)}
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
        {isToken && wish.replaces && (
          <Checkbox
            label={tokenText.keepOld}
            hint={tokenText.keepOldHint}
            checked={keepOld}
            onChange={(event) => setKeepOld(event.currentTarget.checked)}
          />
        )}
        {!isToken && (
          <OwnKeyField kind={wish.kind} value={key} error={fieldError("key")} onChange={setKey} />
        )}
        <div className="flex justify-end">
          <Button type="submit" variant={endsOld ? "danger" : "primary"} busy={busy}>
            {wish.replaces ? tokenText.replace : tokenText.make}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** For a key that the device brings along. */
export function OwnKeyField({
  kind,
  value,
  error,
  onChange,
}: {
  readonly kind: TokenWish["kind"];
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (key: string) => void;
}) {
  const isPsk = kind === "psk-primary" || kind === "psk-secondary";
  return (
    <Field
      label={tokenText.ownKey}
      hint={isPsk ? tokenText.ownPskHint : tokenText.ownKeyHint}
      error={error}
    >
      <Input
        mono
        value={value}
        maxLength={130}
        autoComplete="off"
        spellCheck={false}
        autoCapitalize="none"
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}
