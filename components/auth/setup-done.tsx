import { EntryCard } from "#components/auth/entry-card.tsx";
import { authText } from "#components/strings/auth.ts";
import { ButtonLink } from "#components/ui/button.tsx";

/** Somebody set this installation up already. */
export function SetupDone() {
  return (
    <EntryCard title={authText.setupDoneTitle} intro={authText.setupDone}>
      <ButtonLink href="/sign-in" variant="primary">
        {authText.goToSignIn}
      </ButtonLink>
    </EntryCard>
  );
}
