"use client";
import clsx from "clsx";
import { PasswordField } from "#components/auth/password-field.tsx";
import { authText } from "#components/strings/auth.ts";
import { assessPassword, scoreNames } from "#server/domain/password-strength.ts";

const steps = [1, 2, 3, 4] as const;

/** A password to be, with its strength while it is typed. */
export function NewPasswordField({
  label = authText.password,
  name = "password",
  value,
  onChange,
  personal,
  error,
}: {
  readonly label?: string;
  readonly name?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** E-mail, name, organisation: a password made of them is weak. */
  readonly personal: readonly string[];
  readonly error?: string | undefined;
}) {
  const { score, problem } = assessPassword(value, personal);
  const strong = problem === null && score >= 3;
  const said = problem ?? `${authText.strength}: ${scoreNames[score]}`;
  return (
    <div className="flex flex-col gap-2">
      <PasswordField
        label={label}
        name={name}
        value={value}
        onChange={onChange}
        autoComplete="new-password"
        hint={<span aria-live="polite">{value === "" ? authText.passwordHint : said}</span>}
        error={error}
      />
      {value !== "" && (
        <div aria-hidden className="grid grid-cols-4 gap-1">
          {steps.map((step) => (
            <span
              key={step}
              className={clsx(
                "h-1 rounded-full",
                problem !== null || score < step ? "bg-line-strong" : strong ? "bg-ok" : "bg-warn",
              )}
            />
          ))}
        </div>
      )}
    </div>
  );
}
