import { enrolmentRefusals } from "#server/domain/enrolment-refusal.ts";
import { enrolmentRefusalNames, enrolmentRemedies } from "#server/domain/enrolment-remedy.ts";

/** What a refusal is called and what helps; undefined for a word that this page does not know. */
export function wordsOfRefusal(
  reason: string,
): { readonly name: string; readonly remedy: string } | undefined {
  const known = enrolmentRefusals.find((each) => each === reason);
  if (known === undefined) return undefined;
  return { name: enrolmentRefusalNames[known], remedy: enrolmentRemedies[known] };
}
