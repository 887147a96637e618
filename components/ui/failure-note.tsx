import { ErrorNote } from "#components/ui/error-state.tsx";

/** What an action answered when it could not be done; nothing while it has not failed. */
export function FailureNote({
  failure,
}: {
  readonly failure: { readonly message: string; readonly remedy: string | null } | undefined;
}) {
  if (failure === undefined) return null;
  return <ErrorNote remedy={failure.remedy ?? undefined}>{failure.message}</ErrorNote>;
}
