import "reflect-metadata";
import type { X509Certificate } from "node:crypto";
import { X509Certificate as ParsedCertificate, type Name } from "@peculiar/x509";

/** Whom a certificate or a signing request names. Empty where it names none, or several. */
export type Holder = {
  readonly commonName: string;
  readonly organisation: string;
  /** The attribute serialNumber of X.520, which manufacturers put there; not the certificate's number. */
  readonly serialNumber: string;
};

/** X.520 serialNumber. */
const serialNumberOid = "2.5.4.5";

/** Reads a subject. */
export function holderOf(subject: Name): Holder {
  return {
    commonName: single(subject.getField("CN")),
    organisation: single(subject.getField("O")),
    serialNumber: single(subject.getField(serialNumberOid)),
  };
}

/** Reads the subject of a certificate. @throws Error when it cannot be read */
export function readHolder(certificate: X509Certificate): Holder {
  return holderOf(new ParsedCertificate(certificate.raw).subjectName);
}

function single(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? "") : "";
}
