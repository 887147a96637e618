import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { Credential } from "#server/gateway/identify/identify.ts";
import { describeHolder } from "#server/pki/describe.ts";

/** Verdicts of OpenSSL on a certificate that one of our CAs did issue. */
const oursNevertheless = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "INVALID_PURPOSE"]);

/** Reads what the peer presented in the handshake. */
export function presentedBy(socket: TLSSocket): Credential {
  const shown = socket.getPeerX509Certificate();
  if (shown === undefined) return { kind: "no-certificate" };
  const certificate = describeHolder(shown);
  // The type promises an Error, the runtime gives its code.
  const verdict: unknown = socket.authorizationError;
  const ours = socket.authorized || oursNevertheless.has(String(verdict));
  return {
    kind: "certificate",
    sha256: certificate.sha256,
    commonName: certificate.cn ?? "",
    uuid: certificate.sanUuid ?? "",
    issuer: certificate.issuer,
    notAfter: shown.validToDate,
    issuerSha256: ours ? "" : issuerFingerprint(shown),
    ours,
    ...(ours ? {} : { der: shown.raw }),
  };
}

/** Of the CA's own certificate, where the peer sent it along or shows that one itself. */
function issuerFingerprint(certificate: X509Certificate): string {
  const issuer = certificate.checkIssued(certificate) ? certificate : certificate.issuerCertificate;
  if (issuer === undefined || !certificate.verify(issuer.publicKey)) return "";
  return issuer.fingerprint256.replaceAll(":", "").toLowerCase();
}
