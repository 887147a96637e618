import { ErrorNote } from "#components/ui/error-state.tsx";

/** Why a form was refused; nothing when a field says it already. */
export function RefusalNote({
  refusal,
}: {
  readonly refusal:
    | {
        readonly message: string;
        readonly remedy: string | null;
        readonly fields?: readonly unknown[];
      }
    | undefined;
}) {
  if (refusal === undefined || (refusal.fields?.length ?? 0) > 0) return null;
  return (
    <ErrorNote {...(refusal.remedy !== null && { remedy: refusal.remedy })}>
      {refusal.message}
    </ErrorNote>
  );
}
