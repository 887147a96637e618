import "reflect-metadata";
import { X509Certificate, type Name } from "@peculiar/x509";
import { oneLine } from "#server/domain/one-line.ts";
import {
  alternativeNamesOf,
  readSigningRequest,
  type SigningRequest,
} from "#server/pki/read-signing-request.ts";

/** The names that a request may ask for. What is absent is not judged. */
export type ExpectedNames = {
  /** The only common name; a request without one will do as well. */
  readonly commonName?: string;
  /** Subject alternative names, as in `SigningRequest`; a request without any will do as well. */
  readonly names?: readonly string[];
  /** PEM of the certificate that is to be followed: its subject and names may be asked for again. */
  readonly follows?: string;
};

/** Which rule about names a request breaks, and a sentence. */
export type NamesProblem = {
  readonly rule: "ca-requested" | "subject" | "common-name" | "names";
  readonly message: string;
};

/**
 * The names that a device's request may ask for: nobody's, or the device's own. They are its id as
 * common name or DNS name, and, once it has one, its UUID as URI:urn:uuid (RFC 9562).
 */
export function namesOfDevice(device: { readonly deviceId: string; readonly id?: string }): {
  readonly commonName: string;
  readonly names: readonly string[];
} {
  const { deviceId, id } = device;
  const uuid = id === undefined ? [] : [`url:urn:uuid:${id}`];
  return { commonName: deviceId, names: [`dns:${deviceId}`, ...uuid] };
}

/**
 * Whether a request asks for what its device would never get. Only the key is taken over from a
 * request, so granting it would do no harm; but a device that asks for more would not get what it
 * expects, and a request with another's name was shown in the wrong place. Key usages are not
 * judged: tools ask for many of them unasked.
 * @returns undefined when it fits
 */
export function judgeNames(
  request: SigningRequest,
  expected: ExpectedNames,
): NamesProblem | undefined {
  if (request.ca) {
    const message = "The request asks to be a CA (CA:TRUE). Make it without basic constraints.";
    return { rule: "ca-requested", message };
  }
  const followed = expected.follows === undefined ? undefined : readNames(expected.follows);
  return (
    judgeSubject(request, followed) ??
    judgeCommonName(request, expected) ??
    judgeAlternativeNames(request, expected, followed)
  );
}

/**
 * What of the names in a request, which `checkCsr` has accepted without them, does not fit the device.
 * @param csrPem null when the device asks for something else
 * @returns a sentence, or null
 */
export function namesProblem(
  csrPem: string | null,
  device: { readonly deviceId: string; readonly id?: string },
): string | null {
  const request = csrPem === null ? undefined : readSigningRequest(csrPem);
  if (request === undefined) return null;
  return judgeNames(request, namesOfDevice(device))?.message ?? null;
}

type Followed = { readonly subject: Name; readonly names: readonly string[] };

function readNames(certificatePem: string): Followed {
  const certificate = new X509Certificate(certificatePem);
  const subject = certificate.subjectName;
  try {
    return { subject, names: alternativeNamesOf(certificate.extensions) };
  } catch {
    // A customer's CA may write names that cannot be read; then they cannot be asked for again.
    return { subject, names: [] };
  }
}

/** RFC 7030 §4.2.2: the subject of a renewal is that of the certificate. Most tools can make no other than the common name alone. */
function judgeSubject({ csr }: SigningRequest, followed?: Followed): NamesProblem | undefined {
  if (followed === undefined || isSameSubject(csr.subjectName, followed.subject)) return undefined;
  const [wanted, had] = [csr.subjectName, followed.subject].map((name) =>
    oneLine(name.toString(), 200),
  );
  return {
    rule: "subject",
    message: `The request names “${wanted}”, the certificate that it is to follow “${had}”. Use the same subject, or only its common name.`,
  };
}

/** By what they say: the same text may be encoded in several ways. */
function isSameSubject(wanted: Name, had: Name): boolean {
  const text = wanted.toString();
  if (text === "" || text === had.toString()) return true;
  const [commonName, ...more] = wanted.toJSON();
  if (commonName === undefined || more.length > 0) return false;
  const isOnlyCommonName = Object.keys(commonName).join() === "CN";
  return isOnlyCommonName && wanted.getField("CN").join("\0") === had.getField("CN").join("\0");
}

function judgeCommonName(
  { csr }: SigningRequest,
  { commonName }: ExpectedNames,
): NamesProblem | undefined {
  if (commonName === undefined) return undefined;
  if (csr.subjectName.getField("CN").every((name) => name === commonName)) return undefined;
  return {
    rule: "common-name",
    message: `The request's common name does not say ${commonName}. Use this device's request, or one without a common name.`,
  };
}

function judgeAlternativeNames(
  request: SigningRequest,
  { names }: ExpectedNames,
  followed?: Followed,
): NamesProblem | undefined {
  if (names === undefined) return undefined;
  const allowed = [...names, ...(followed?.names ?? [])];
  const foreign = request.names.find((name) => !allowed.includes(name));
  if (foreign === undefined) return undefined;
  const text = oneLine(foreign.slice(foreign.indexOf(":") + 1), 64);
  return {
    rule: "names",
    message: `The request asks for the further name “${text}”. Make it without subject alternative names.`,
  };
}
