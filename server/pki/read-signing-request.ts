import "reflect-metadata";
import {
  BasicConstraintsExtension,
  ExtensionsAttribute,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  type Extension,
} from "@peculiar/x509";
import { decodePem } from "#server/pki/pem.ts";
import { holderOf, type Holder } from "#server/pki/read-holder.ts";

/** Longest request that is parsed at all, in characters of PEM. */
export const longestCsr = 16_384;

/** A signing request that could be read. What it says is not proven, and nothing of it is granted. */
export type SigningRequest = {
  readonly csr: Pkcs10CertificateRequest;
  readonly holder: Holder;
  /** Asks to be a CA. */
  readonly ca: boolean;
  /** Subject alternative names as `alternativeNamesOf` writes them. */
  readonly names: readonly string[];
};

/**
 * Reads a certificate signing request (PKCS #10, PEM) of hostile origin.
 * @returns undefined when it is too long or no request
 */
export function readSigningRequest(csrPem: string): SigningRequest | undefined {
  if (csrPem.length > longestCsr) return undefined;
  const der = decodePem(csrPem, ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"]);
  if (der === undefined) return undefined;
  try {
    const csr = new Pkcs10CertificateRequest(der);
    // Not `csr.extensions`, which are those of the first such attribute only.
    const extensions = csr.attributes.flatMap((attribute) =>
      attribute instanceof ExtensionsAttribute ? attribute.items : [],
    );
    return {
      csr,
      holder: holderOf(csr.subjectName),
      ca: extensions.some((each) => each instanceof BasicConstraintsExtension && each.ca),
      names: alternativeNamesOf(extensions),
    };
  } catch {
    // Hostile input: whatever the parser dislikes, the request cannot be read.
    return undefined;
  }
}

/** Subject alternative names, with their kind: "dns:pump-17", "url:urn:uuid:…". */
export function alternativeNamesOf(extensions: readonly Extension[]): readonly string[] {
  return extensions.flatMap((each) =>
    each instanceof SubjectAlternativeNameExtension
      ? each.names.items.map(({ type, value }) => `${type}:${value}`)
      : [],
  );
}
