import type { TLSSocket } from "node:tls";
import type { Credential } from "#server/gateway/identify/identify.ts";
import { describeCertificate } from "#server/pki/describe.ts";

/** Verdicts of OpenSSL on a certificate that one of our CAs did issue. */
const oursNevertheless = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "INVALID_PURPOSE"]);

/** Reads what the peer presented in the handshake. */
export function presentedBy(socket: TLSSocket): Credential {
  const raw = socket.getPeerX509Certificate()?.raw;
  if (raw === undefined) return { kind: "no-certificate" };
  const certificate = describeCertificate(raw);
  // The type promises an Error, the runtime gives its code.
  const verdict: unknown = socket.authorizationError;
  return {
    kind: "certificate",
    sha256: certificate.sha256,
    commonName: certificate.cn ?? "",
    uuid: certificate.sanUuid ?? "",
    issuer: certificate.issuer,
    ours: socket.authorized || oursNevertheless.has(String(verdict)),
  };
}
