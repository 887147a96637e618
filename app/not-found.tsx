import { Mark } from "#components/layout/mark.tsx";
import { layoutText } from "#components/strings/layout.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center">
      <Mark className="size-8 text-accent" />
      <EmptyState
        isPage
        title={layoutText.notFoundTitle}
        action={
          <ButtonLink href="/" variant="primary">
            {layoutText.notFoundAction}
          </ButtonLink>
        }
      >
        {layoutText.notFoundText}
      </EmptyState>
    </main>
  );
}
