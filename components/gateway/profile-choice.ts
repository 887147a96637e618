/** A profile as the wizard offers it. */
export type ProfileChoice = {
  readonly id: string;
  readonly name: string;
  readonly open: boolean;
};

export function profileOptions(profiles: readonly ProfileChoice[]) {
  return profiles.map(({ id, name }) => ({ value: id, label: name }));
}

/** The one that takes anything, which fits until somebody knows better. */
export function openProfile(profiles: readonly ProfileChoice[]): string {
  return profiles.find(({ open }) => open)?.id ?? profiles[0]?.id ?? "";
}

/** Tags as they are typed, with commas or blanks between them. */
export function tagsIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((tag) => tag !== "");
}
