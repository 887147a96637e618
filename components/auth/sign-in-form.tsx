"use client";
import { useState } from "react";
import { PasswordField } from "#components/auth/password-field.tsx";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { requestSignIn, type Refusal } from "#components/auth/session-requests.ts";
import { authText } from "#components/strings/auth.ts";
import { Button } from "#components/ui/button.tsx";
import { Field, Input } from "#components/ui/input.tsx";

/** E-mail and password; afterwards the browser loads `next` anew, as the person signed in. */
export function SignInForm({ next }: { readonly next: string }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  async function signIn() {
    setBusy(true);
    setRefusal(undefined);
    const refused = await requestSignIn(email, password);
    if (refused === undefined) {
      window.location.assign(next);
      return;
    }
    setRefusal(refused);
    setBusy(false);
  }
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void signIn();
      }}
    >
      <RefusalNote refusal={refusal} />
      <Field label={authText.email} required>
        <Input
          name="email"
          type="email"
          autoComplete="username"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
      </Field>
      <PasswordField
        label={authText.password}
        name="password"
        value={password}
        onChange={setPassword}
        autoComplete="current-password"
      />
      <Button type="submit" variant="primary" busy={busy}>
        {authText.signIn}
      </Button>
      <p className="text-sm text-ink-3">{authText.signInForgot}</p>
    </form>
  );
}
