"use client";
import { useState } from "react";
import { changePassword } from "#app/(console)/settings/account/actions.ts";
import { NewPasswordField } from "#components/auth/new-password-field.tsx";
import { PasswordField } from "#components/auth/password-field.tsx";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { authText } from "#components/strings/auth.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { useToast } from "#components/ui/toast.tsx";

/** Changes one's own password. */
export function PasswordCard({
  personal,
}: {
  /** E-mail, name, organisation. */
  readonly personal: readonly string[];
}) {
  const [current, setCurrent] = useState("");
  const [wanted, setWanted] = useState("");
  const toast = useToast();
  const { busy, refusal, fieldError, submit } = useSubmit(changePassword);
  async function change() {
    const changed = await submit({ currentPassword: current, newPassword: wanted });
    if (changed === undefined) return;
    setCurrent("");
    setWanted("");
    toast({
      tone: "ok",
      title: authText.passwordChanged,
      detail: authText.passwordChangedDetail(formatCount(changed.sessionsEnded)),
    });
  }
  return (
    <Card labelledBy="password-title">
      <CardHeader id="password-title" title={authText.changePassword} />
      <CardBody>
        <form
          className="flex max-w-md flex-col gap-4"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy) void change();
          }}
        >
          <p className="text-ink-2">{authText.changePasswordIntro}</p>
          <RefusalNote refusal={refusal} />
          <PasswordField
            label={authText.currentPassword}
            name="currentPassword"
            value={current}
            onChange={setCurrent}
            autoComplete="current-password"
            error={fieldError("currentPassword")}
          />
          <NewPasswordField
            label={authText.newPassword}
            name="newPassword"
            value={wanted}
            onChange={setWanted}
            personal={personal}
            error={fieldError("newPassword")}
          />
          <div>
            <Button type="submit" variant="primary" busy={busy}>
              {authText.changePassword}
            </Button>
          </div>
        </form>
      </CardBody>
    </Card>
  );
}
