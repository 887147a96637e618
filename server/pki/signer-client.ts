import { connect } from "node:net";
import { lineReader, signerAnswerSchema } from "#server/pki/signer-protocol.ts";

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
  readonly kind: "root" | "issuing";
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
  /** Of request-issuing. */
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

/** The signer refused the request; the message says which rule and what to do. */
export class SignerRefusal extends Error {}

/** The signer process does not answer. */
export class SignerUnavailable extends Error {}

/** A signature takes milliseconds; a signer that needs longer than this is as good as away. */
const patienceMs = 5_000;

function unavailable(socketPath: string, why: string): SignerUnavailable {
  return new SignerUnavailable(
    `The signer at ${socketPath} ${why}. Check that the signer process runs and read its log.`,
  );
}

function readAnswer(socketPath: string, line: string): SignedCertificate {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch (error) {
    throw Object.assign(unavailable(socketPath, "gave no readable answer"), { cause: error });
  }
  const parsed = signerAnswerSchema.safeParse(raw);
  if (!parsed.success) throw unavailable(socketPath, "gave no readable answer");
  const answer = parsed.data;
  if (answer.ok) {
    return { certificatePem: answer.certificatePem, chainPem: answer.chainPem };
  }
  switch (answer.error) {
    case "refused":
    case "malformed":
    case "too_large":
      throw new SignerRefusal(answer.message);
    case "slow":
    case "busy":
    case "failed":
      throw unavailable(socketPath, `could not sign: ${answer.message}`);
  }
}

/** Writes the request, resolves with the answer's line. */
async function exchange(socketPath: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const feed = lineReader();
    const timer = setTimeout(
      () => socket.destroy(unavailable(socketPath, "is too slow")),
      patienceMs,
    );
    socket.on("connect", () => socket.write(`${request}\n`));
    socket.on("data", (chunk) => {
      const progress = feed(chunk);
      if (progress.state === "more") return;
      if (progress.state === "too-long") {
        socket.destroy(unavailable(socketPath, "gave no readable answer"));
        return;
      }
      resolve(progress.line);
      socket.end();
    });
    socket.on("error", (error) => {
      reject(
        error instanceof SignerUnavailable
          ? error
          : Object.assign(unavailable(socketPath, "does not answer"), { cause: error }),
      );
    });
    socket.on("close", () => {
      clearTimeout(timer);
      reject(unavailable(socketPath, "closed the connection without an answer"));
    });
  });
}

/**
 * The signer behind a Unix socket: one connection per request, at most five seconds. Nothing
 * connects before the first request.
 */
export function connectSigner(socketPath: string): Signer {
  return {
    sign: async (request) =>
      readAnswer(socketPath, await exchange(socketPath, JSON.stringify(request))),
    signCrl: () => Promise.reject(new SignerRefusal("The signer does not make these.")),
    manage: () => Promise.reject(new SignerRefusal("The signer does not do this.")),
  };
}
