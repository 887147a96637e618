import { layoutText } from "#components/strings/layout.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";

/** In place of a page that the person's role does not include. */
export function NoPermission() {
  return <EmptyState title={layoutText.forbiddenTitle}>{layoutText.forbiddenText}</EmptyState>;
}
