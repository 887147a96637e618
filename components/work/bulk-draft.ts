import type { BulkAction, BulkKind } from "#server/domain/bulk-action.ts";

/** What the dialog's fields hold; which of them count depends on the action. */
export type BulkDraft = {
  /** As they are typed. */
  readonly tags: string;
  readonly place: string;
  readonly profileId: string;
  readonly replay: boolean;
  readonly children: "detach" | "decommission";
  readonly data: "keep" | "erase";
  readonly reason: string;
};

export const emptyDraft: BulkDraft = {
  tags: "",
  place: "",
  profileId: "",
  replay: true,
  children: "detach",
  data: "keep",
  reason: "",
};

/** Tags as people type them: by commas or blanks. */
function tagsOf(text: string): string[] {
  return [...new Set(text.split(/[,\s]+/).filter((tag) => tag !== ""))];
}

/** What the draft asks for. It may still be refused. */
export function actionOf(kind: BulkKind, draft: BulkDraft): BulkAction {
  switch (kind) {
    case "add_tags":
    case "remove_tags":
      return { kind, tags: tagsOf(draft.tags) };
    case "set_place":
      return { kind, place: draft.place };
    case "set_profile":
      return { kind, profileId: draft.profileId };
    case "approve":
      return { kind, replay: draft.replay };
    case "decommission":
      return { kind, children: draft.children, data: draft.data };
    case "quarantine":
    case "suspend":
    case "resume":
      return { kind };
  }
}
