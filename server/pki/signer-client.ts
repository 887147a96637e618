/** What a certificate is for; the signer has one policy for each. */
export type CertificateRequest =
  | {
      readonly kind: "device";
      readonly csrPem: string;
      readonly deviceId: string;
      /** UUID of the device row, for SAN URI:urn:uuid:… */
      readonly deviceUuid: string;
      readonly organisation: string;
      readonly days: number;
    }
  | { readonly kind: "server"; readonly csrPem: string; readonly hosts: readonly string[] };

/** A certificate as the signer made it. */
export type SignedCertificate = {
  readonly certificatePem: string;
  /** Issuing CA, then root. */
  readonly chainPem: string;
};

/** The only way to a CA key. */
export type Signer = {
  /** @throws SignerRefusal when the request breaks policy, SignerUnavailable when the signer is away */
  sign(request: CertificateRequest): Promise<SignedCertificate>;
};

/** The signer refused the request; the message says which rule and what to do. */
export class SignerRefusal extends Error {}

/** The signer process does not answer. */
export class SignerUnavailable extends Error {}
