import type { Authority } from "#server/pki/authority.ts";
import type { SigningAuthority } from "#server/pki/authority-store.ts";
import { chainOf } from "#server/pki/authority-view.ts";
import {
  makeClaimCertificate,
  makeDeviceCertificate,
  makeOcspCertificate,
  makeServerCertificate,
  type IssuingKey,
} from "#server/pki/certificate-profiles.ts";
import { checkCrl } from "#server/pki/check-crl.ts";
import { checkCsr } from "#server/pki/csr-policy.ts";
import { encodePem } from "#server/pki/pem.ts";
import { authorityCommandSchema, certificateRequestSchema } from "#server/pki/request-policy.ts";
import type { SignatureLog } from "#server/pki/signature-log.ts";
import { SignerRefusal, type CertificateRequest, type Signer } from "#server/pki/signer-client.ts";

/** What the local signer works with. */
export type LocalSignerParts = {
  readonly authority: Authority;
  readonly log: SignatureLog;
  readonly now: () => Date;
};

/** The only common name that a request may have. Further names are ignored here: whoever asks has judged them. */
function commonNameOf(request: CertificateRequest): { readonly commonName?: string } {
  switch (request.kind) {
    case "device":
      return { commonName: request.deviceId };
    case "claim":
      return { commonName: request.publicId };
    case "server":
    case "ocsp":
      return {};
  }
}

function requireAuthority(authority: Authority, sha256: string): SigningAuthority {
  const found = authority.find(sha256);
  if (found !== undefined) return found;
  throw new SignerRefusal("There is no issuing CA of this SHA-256, or it is retired.");
}

/** The CA that is to sign the request. */
function issuerOf(authority: Authority, request: CertificateRequest, now: Date): SigningAuthority {
  switch (request.kind) {
    case "device":
    case "claim":
      return authority.active();
    case "server":
      return authority.forServers(now);
    case "ocsp":
      return requireAuthority(authority, request.issuerSha256);
  }
}

/** @throws SignerRefusal once the CA has expired */
function requireKey({ issuing, certificate }: SigningAuthority, now: Date): IssuingKey {
  if (issuing !== undefined && certificate.validToDate > now) return issuing;
  throw new SignerRefusal(
    `The issuing CA expired on ${certificate.validToDate.toISOString().slice(0, 10)} and cannot sign any more. Check this machine's clock; if it is right, renew the issuing CA.`,
  );
}

async function makeCertificate(
  request: CertificateRequest,
  issuer: IssuingKey,
  now: Date,
): Promise<Uint8Array> {
  const verdict = await checkCsr(request.csrPem, commonNameOf(request));
  if (!verdict.accepted) throw new SignerRefusal(verdict.message);
  const common = { issuer, spki: verdict.key.spki, now };
  switch (request.kind) {
    case "device":
      return makeDeviceCertificate({ ...request, ...common });
    case "claim":
      return makeClaimCertificate({ ...request, ...common });
    case "server":
      return makeServerCertificate({ ...request, ...common });
    case "ocsp":
      return makeOcspCertificate({ ...request, ...common });
  }
}

/** What does not fit is refused with the first sentence about it. */
function refusalOf(error: { readonly issues: readonly { readonly message: string }[] }): Error {
  return new SignerRefusal(error.issues[0]?.message ?? "The request does not fit.");
}

/**
 * The signer in the process that holds the issuing keys: checks the request against policy, signs,
 * records the signature. Everyone else reaches it through its socket.
 */
export function createLocalSigner({ authority, log, now }: LocalSignerParts): Signer {
  return {
    sign: async (raw) => {
      const parsed = certificateRequestSchema.safeParse(raw);
      if (!parsed.success) throw refusalOf(parsed.error);
      const at = now();
      const issuer = issuerOf(authority, parsed.data, at);
      const certificate = await makeCertificate(parsed.data, requireKey(issuer, at), at);
      await log({ at, kind: parsed.data.kind, certificate });
      return { certificatePem: encodePem("CERTIFICATE", certificate), chainPem: chainOf(issuer) };
    },
    signCrl: async ({ issuerSha256, tbs }) => {
      const at = now();
      const issuer = requireAuthority(authority, issuerSha256);
      const { key } = requireKey(issuer, at);
      const verdict = checkCrl(tbs, issuer.certificate);
      if (!verdict.accepted) throw new SignerRefusal(verdict.message);
      const signature = await key.sign(tbs);
      const { number, entries } = verdict;
      await log({ at, kind: "crl", issuerSha256, number, entries });
      return signature;
    },
    manage: async (raw) => {
      const parsed = authorityCommandSchema.safeParse(raw);
      if (!parsed.success) throw refusalOf(parsed.error);
      const at = now();
      const result = await authority.manage(parsed.data, at);
      const { op } = parsed.data;
      if (op !== "status") {
        const trusted = result.authorities.filter(({ state }) => state !== "retired");
        const authorities = trusted.map(({ sha256 }) => sha256);
        await log({ at, kind: "authority", op, authorities });
      }
      return result;
    },
  };
}
