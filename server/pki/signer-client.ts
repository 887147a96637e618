import { signerConnection } from "#server/pki/signer-connection.ts";
import {
  certificateAnswerSchema,
  crlAnswerSchema,
  manageAnswerSchema,
  writeEnvelope,
} from "#server/pki/signer-protocol.ts";

export { SignerRefusal, SignerUnavailable } from "#server/pki/signer-errors.ts";

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
  | {
      /** Good for enrolling devices by a group, and for nothing else. */
      readonly kind: "claim";
      readonly csrPem: string;
      /** What devices call the group. */
      readonly publicId: string;
      /** UUID of the credential, for SAN URI:urn:quayside:claim:… */
      readonly credentialId: string;
      readonly organisation: string;
      readonly days: number;
    }
  | { readonly kind: "server"; readonly csrPem: string; readonly hosts: readonly string[] }
  | {
      /** Answers for one issuing CA who is revoked (RFC 6960 §4.2.2.2), signed by that CA. */
      readonly kind: "ocsp";
      readonly csrPem: string;
      readonly issuerSha256: string;
      readonly days: number;
    };

/** A certificate as the signer made it. */
export type SignedCertificate = {
  readonly certificatePem: string;
  /** Issuing CA, then root. */
  readonly chainPem: string;
};

/** A CA as the signer knows it. Times are ISO 8601 in UTC, hashes lower-case hex. */
export type AuthorityStatus = {
  readonly sha256: string;
  /** An intermediate stands between an imported issuing CA and its root. */
  readonly kind: "root" | "intermediate" | "issuing";
  readonly state: "active" | "trusted" | "retired";
  readonly keyPlace: "file" | "encrypted_file" | "pkcs11" | "absent";
  readonly certificatePem: string;
};

/** What an administrator may have the signer do with its CAs. */
export type AuthorityCommand =
  /** All CAs, those that are retired too. */
  | { readonly op: "status" }
  /** Makes an issuing CA, signed by the root that is here; it signs from now on, the one before stays trusted. */
  | { readonly op: "renew-issuing" }
  /** Makes the key of an issuing CA and a request for a root that is elsewhere. */
  | { readonly op: "request-issuing"; readonly commonName: string; readonly organisation: string }
  /** Takes the certificate that another root made for the request. */
  | { readonly op: "import-issuing"; readonly certificatePem: string; readonly chainPem: string }
  /** The root's key under a passphrase, PKCS #8 (RFC 5958) with PBES2. */
  | { readonly op: "export-root"; readonly passphrase: string }
  /** Deletes the root's key here, for good. */
  | { readonly op: "remove-root"; readonly sha256: string }
  /** Takes an issuing CA out of the trusted ones. */
  | { readonly op: "retire-issuing"; readonly sha256: string };

/** What came of an {@link AuthorityCommand}. */
export type AuthorityResult = {
  readonly authorities: readonly AuthorityStatus[];
  /** The request that waits for its certificate. */
  readonly csrPem?: string;
  /** Of export-root. */
  readonly encryptedKeyPem?: string;
};

/** The only way to a CA key. All throw SignerRefusal when policy forbids it, SignerUnavailable when the signer is away. */
export type Signer = {
  sign(request: CertificateRequest): Promise<SignedCertificate>;
  /**
   * Signs a list of revoked certificates.
   * @param request.tbs TBSCertList, DER (RFC 5280 §5.1.2), with ecdsa-with-SHA256 as its algorithm
   * @returns the ECDSA signature, DER
   */
  signCrl(request: {
    readonly issuerSha256: string;
    readonly tbs: Uint8Array;
  }): Promise<Uint8Array>;
  manage(command: AuthorityCommand): Promise<AuthorityResult>;
};

/** A signature takes milliseconds; a signer that needs longer than this is as good as away. */
const patienceMs = 5_000;
/** Work on CAs and long lists takes longer: passphrases are slow on purpose, tokens by nature. */
const longPatienceMs = 30_000;

/**
 * The signer behind a Unix socket, at most five seconds a certificate. Nothing connects before the
 * first request; a few connections are kept for the next ones.
 */
export function connectSigner(socketPath: string): Signer {
  const connection = signerConnection(socketPath);
  return {
    sign: async (request) => {
      const line = writeEnvelope({ op: "sign", request });
      const answer = await connection.ask(certificateAnswerSchema, line, {
        patienceMs,
        again: true,
      });
      return { certificatePem: answer.certificatePem, chainPem: answer.chainPem };
    },
    signCrl: async ({ issuerSha256, tbs }) => {
      const text = Buffer.from(tbs).toString("base64");
      const line = writeEnvelope({ op: "signCrl", issuerSha256, tbs: text });
      const how = { patienceMs: longPatienceMs, again: true };
      const { signature } = await connection.ask(crlAnswerSchema, line, how);
      return Buffer.from(signature, "base64");
    },
    manage: async (command) => {
      const line = writeEnvelope({ op: "manage", command });
      // Never asked twice: it may have been done although its answer was lost.
      const how = { patienceMs: longPatienceMs, again: false };
      const {
        ok: _,
        csrPem,
        encryptedKeyPem,
        authorities,
      } = await connection.ask(manageAnswerSchema, line, how);
      return {
        authorities,
        ...(csrPem === undefined ? {} : { csrPem }),
        ...(encryptedKeyPem === undefined ? {} : { encryptedKeyPem }),
      };
    },
  };
}
