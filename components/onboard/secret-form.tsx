"use client";
import { useState } from "react";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import type { FreshToken } from "#components/device/secret-details.tsx";
import { obtainSecret, OwnKeyField } from "#components/device/token-form.tsx";
import { onboardText } from "#components/strings/onboard.ts";
import { Button } from "#components/ui/button.tsx";

/** Makes a device's first token or key of a kind, or takes the one that it has. */
export function SecretForm({
  kind,
  deviceId,
  onMade,
}: {
  readonly kind: FreshToken["kind"];
  readonly deviceId: string;
  readonly onMade: (token: FreshToken) => void;
}) {
  const [key, setKey] = useState("");
  const { busy, refusal, fieldError, submit } = useSubmit(obtainSecret);
  async function make() {
    const wish = { kind, replaces: false };
    const secret = await submit({ wish, deviceId, key, keepOld: false });
    if (secret !== undefined) onMade({ kind, secret });
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void make();
      }}
    >
      {kind !== "password" && (
        <OwnKeyField kind={kind} value={key} error={fieldError("key")} onChange={setKey} />
      )}
      <RefusalNote refusal={refusal} />
      <div>
        <Button type="submit" variant="primary" busy={busy}>
          {kind === "password" ? onboardText.makeToken : onboardText.makeSecret}
        </Button>
      </div>
    </form>
  );
}
