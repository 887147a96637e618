import type { IssuedWithKey } from "#server/services/certificate/issue-with-key.ts";
import type { IssuedCertificate } from "#server/services/certificate/internal.ts";

/** A certificate that was just issued; `key` is there when it was made here, and only in this page's memory. */
export type FreshCredential = {
  readonly certificate: IssuedCertificate;
  readonly key: Pick<IssuedWithKey, "privateKeyPem" | "pkcs12Base64" | "pkcs12Password"> | null;
};
