import type { IssuedCertificate } from "#server/services/certificate/internal.ts";

/** A private key that is in this page's memory only. */
export type FreshKey = {
  readonly privateKeyPem: string;
  /** The three files in one; made where the server made the key. */
  readonly pkcs12: { readonly base64: string; readonly password: string } | null;
};

/** A certificate that was just issued; `key` is null where the device made its own. */
export type FreshCredential = {
  readonly certificate: IssuedCertificate;
  readonly key: FreshKey | null;
};

/** Whether leaving the page would lose the key. */
export function isKeyUnsaved(credential: FreshCredential | undefined, keySaved: boolean): boolean {
  return credential !== undefined && credential.key !== null && !keySaved;
}
