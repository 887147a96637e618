import { groupText as text } from "#components/strings/enrolment-group.ts";

/** What the forms of claim certificates and secrets have in common. */
export type CredentialDraft = {
  readonly name: string;
  /** Days or hours. */
  readonly life: string;
  readonly maxUses: string;
  readonly serials: string;
};

/** What is asked for, read. */
export type AskedCredential = {
  readonly name: string;
  /** Days or hours. */
  readonly life: number;
  readonly maxUses?: number;
  readonly expectedSerials?: string[];
};

export type CredentialProblems = Readonly<Partial<Record<keyof CredentialDraft, string>>>;

export type ReadCredential =
  | { readonly ok: true; readonly asked: AskedCredential }
  | { readonly ok: false; readonly problems: CredentialProblems };

const whole = /^[0-9]{1,9}$/;

/** The credential that a form asks for, or what in it does not fit. */
export function readCredential(draft: CredentialDraft): ReadCredential {
  const [life, maxUses] = [draft.life.trim(), draft.maxUses.trim()];
  const problems = {
    ...(draft.name.trim() === "" && { name: text.nameMissing }),
    ...(!whole.test(life) && { life: text.numberMissing }),
    ...(maxUses !== "" && !whole.test(maxUses) && { maxUses: text.numberBad }),
  };
  if (Object.keys(problems).length > 0) return { ok: false, problems };
  const serials = draft.serials.split(/\n/).map((line) => line.trim());
  const expectedSerials = [...new Set(serials.filter((line) => line !== ""))];
  return {
    ok: true,
    asked: {
      name: draft.name.trim(),
      life: Number(life),
      ...(maxUses !== "" && { maxUses: Number(maxUses) }),
      ...(expectedSerials.length > 0 && { expectedSerials }),
    },
  };
}
