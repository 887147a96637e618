import type { FreshCredential } from "#components/device/credential.ts";
import type { FreshToken } from "#components/device/secret-details.tsx";

/** What a new device was given, in this page's memory only. */
export type OnboardCredential =
  | { readonly kind: "certificate"; readonly files: FreshCredential }
  | { readonly kind: "secret"; readonly token: FreshToken };

/** Whether there is something that leaving the page would lose. */
export function holdsSecret(credential: OnboardCredential): boolean {
  return credential.kind === "secret" || credential.files.key !== null;
}
