/** Where others read about an issuing CA and about what it revoked, as its certificates say. */
export type PkiUrls = {
  /** Full list of revoked certificates: CRL distribution point (RFC 5280 §4.2.1.13). */
  readonly crl: string;
  /** What changed since a full list: the freshest CRL (RFC 5280 §5.2.6). */
  readonly deltaCrl: string;
  /** Certificate of the issuing CA, DER: authority information access (RFC 5280 §4.2.2.1). */
  readonly caIssuers: string;
  readonly ocsp: string;
};

/**
 * @param base address of the PKI port, without a trailing slash (PKI_URL)
 * @param issuerSha256 SHA-256 of the issuing CA's certificate, lower-case hex
 */
export function pkiUrls(base: string, issuerSha256: string): PkiUrls {
  return {
    crl: `${base}/crl/${issuerSha256}.crl`,
    deltaCrl: `${base}/crl/${issuerSha256}-delta.crl`,
    caIssuers: `${base}/ca/${issuerSha256}.cer`,
    ocsp: `${base}/ocsp`,
  };
}
