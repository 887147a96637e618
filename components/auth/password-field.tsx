"use client";
import { useState, type ReactNode } from "react";
import { authText } from "#components/strings/auth.ts";
import { Button } from "#components/ui/button.tsx";
import { Field, Input } from "#components/ui/input.tsx";

type PasswordFieldProps = {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly autoComplete: "current-password" | "new-password";
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
};

/** A password that can be looked at while it is typed, and pasted into. */
export function PasswordField({ label, hint, error, onChange, ...rest }: PasswordFieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <Field label={label} required error={error} {...(hint !== undefined && { hint })}>
      <div className="flex gap-2">
        <Input
          {...rest}
          type={shown ? "text" : "password"}
          maxLength={256}
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        <Button
          variant="ghost"
          aria-label={shown ? authText.hidePasswordLabel : authText.showPasswordLabel}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          {shown ? authText.hidePassword : authText.showPassword}
        </Button>
      </div>
    </Field>
  );
}
