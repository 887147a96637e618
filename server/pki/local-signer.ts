import type { Authority } from "#server/pki/authority.ts";
import {
  makeClaimCertificate,
  makeDeviceCertificate,
  makeServerCertificate,
} from "#server/pki/certificate-profiles.ts";
import { checkCsr } from "#server/pki/csr-policy.ts";
import { encodePem } from "#server/pki/pem.ts";
import { certificateRequestSchema } from "#server/pki/request-policy.ts";
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

async function makeCertificate(
  { authority, now }: LocalSignerParts,
  request: CertificateRequest,
): Promise<Uint8Array> {
  const verdict = await checkCsr(request.csrPem, commonNameOf(request));
  if (!verdict.accepted) throw new SignerRefusal(verdict.message);
  const common = { issuer: authority.issuing, spki: new Uint8Array(verdict.key.spki), now: now() };
  switch (request.kind) {
    case "device":
      return derOf(await makeDeviceCertificate({ ...request, ...common }));
    case "claim":
      return derOf(await makeClaimCertificate({ ...request, ...common }));
    case "server":
      return derOf(await makeServerCertificate({ ...request, ...common }));
    case "ocsp":
      throw new SignerRefusal("The signer does not make these.");
  }
}

function derOf({ rawData }: { readonly rawData: ArrayBuffer }): Uint8Array {
  return new Uint8Array(rawData);
}

/**
 * The signer in the process that holds the issuing key: checks the request against policy, signs,
 * records the signature. Everyone else reaches it through its socket.
 */
export function createLocalSigner(parts: LocalSignerParts): Signer {
  const { authority, log, now } = parts;
  return {
    sign: async (raw) => {
      const parsed = certificateRequestSchema.safeParse(raw);
      if (!parsed.success) {
        throw new SignerRefusal(parsed.error.issues[0]?.message ?? "The request does not fit.");
      }
      if (authority.issuing.certificate.notAfter <= now()) {
        throw new SignerRefusal("The issuing CA has expired and cannot sign any more.");
      }
      const certificatePem = encodePem("CERTIFICATE", await makeCertificate(parts, parsed.data));
      await log({ at: now(), kind: parsed.data.kind, certificatePem });
      return { certificatePem, chainPem: authority.issuingPem + authority.rootPem };
    },
    signCrl: () => Promise.reject(new SignerRefusal("The signer does not make these.")),
    manage: () => Promise.reject(new SignerRefusal("The signer does not do this.")),
  };
}
