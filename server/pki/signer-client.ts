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
  | { readonly kind: "server"; readonly csrPem: string; readonly hosts: readonly string[] };

/** A certificate as the signer made it. */
export type SignedCertificate = {
  readonly certificatePem: string;
  /** Issuing CA, then root. */
  readonly chainPem: string;
};

/** The only way to a CA key. */
export type Signer = {
  /** @throws SignerRefusal when the request breaks policy, SignerUnavailable when the signer is away */
  sign(request: CertificateRequest): Promise<SignedCertificate>;
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
  };
}
