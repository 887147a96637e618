import type { IdentityDraft } from "#components/device/identity-fields.tsx";

/** What was typed of a device; `deviceId` is null until somebody edits the suggestion. */
export type Draft = IdentityDraft & {
  readonly name: string;
  readonly deviceId: string | null;
  readonly profileId: string;
};

export const emptyDraft: Draft = {
  name: "",
  deviceId: null,
  profileId: "",
  serial: "",
  manufacturer: "",
  model: "",
  hardwareRevision: "",
  tags: "",
};

/** The draft with what the fields of a form say, where they say something. */
export function draftWith(draft: Draft, form: HTMLFormElement): Draft {
  const typed = [...new FormData(form)].filter(
    ([name, value]) => name in emptyDraft && typeof value === "string" && value !== "",
  );
  return { ...draft, ...(Object.fromEntries(typed) as Partial<Draft>) };
}
