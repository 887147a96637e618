import { layoutText } from "#components/strings/layout.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

export default function NotFound() {
  return (
    <EmptyState
      isPage
      title={layoutText.notFoundTitle}
      action={<ButtonLink href="/">{layoutText.notFoundAction}</ButtonLink>}
    >
      {layoutText.notFoundText}
    </EmptyState>
  );
}
