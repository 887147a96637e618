import { layoutText } from "#components/strings/layout.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";

/** A page that the role does not include. */
export function NoPermission() {
  return (
    <EmptyState isPage title={layoutText.forbiddenTitle}>
      {layoutText.forbiddenText}
    </EmptyState>
  );
}
