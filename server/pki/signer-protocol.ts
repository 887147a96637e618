import { z } from "zod";

/**
 * The caller writes a line of JSON, the signer answers with a line. A bare certificate request is
 * one question on one connection, closed by its answer; an envelope says what is wanted by its
 * first member, `op`, and leaves the connection open for the next.
 */

/** Longest request, bytes. */
export const longestLine = 65_536;
/** Longest request that a list of revoked certificates comes in: 12 MiB of DER as base64. */
const longestCrlLine = 16 * 1024 * 1024 + longestLine;
/** Longest answer: the certificates of some hundred CAs. */
export const longestAnswer = 1024 * 1024;

/** How the line of a list begins; only such a one may be that long. */
const crlPrefix = '{"op":"signCrl",';

/** What an envelope holds. The signer parses requests and commands by itself. */
export const envelopeSchema = z.discriminatedUnion("op", [
  z.object({ op: z.literal("sign"), request: z.unknown() }),
  z.object({
    op: z.literal("signCrl"),
    issuerSha256: z.string(),
    /** Base64; not checked by a pattern, which would be run over megabytes. */
    tbs: z.string(),
  }),
  z.object({ op: z.literal("manage"), command: z.unknown() }),
]);
export type Envelope = z.infer<typeof envelopeSchema>;

/** The line of an envelope, without its line feed. `op` comes first. */
export function writeEnvelope(envelope: Envelope): string {
  const { op, ...rest } = envelope;
  return JSON.stringify({ op, ...rest });
}

/** Why there is no signature. Closed: the client maps the whole set. */
const signerErrors = ["refused", "malformed", "too_large", "slow", "busy", "failed"] as const;

const failure = z.object({
  ok: z.literal(false),
  error: z.enum(signerErrors),
  message: z.string(),
});
export type SignerFailure = z.infer<typeof failure>;

export const certificateAnswerSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), certificatePem: z.string(), chainPem: z.string() }),
  failure,
]);

export const crlAnswerSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), signature: z.string() }),
  failure,
]);

export const manageAnswerSchema = z.discriminatedUnion("ok", [
  z.object({
    ok: z.literal(true),
    authorities: z.array(
      z.object({
        sha256: z.string(),
        kind: z.enum(["root", "intermediate", "issuing"]),
        state: z.enum(["active", "trusted", "retired"]),
        keyPlace: z.enum(["file", "encrypted_file", "pkcs11", "absent"]),
        certificatePem: z.string(),
      }),
    ),
    csrPem: z.string().optional(),
    encryptedKeyPem: z.string().optional(),
  }),
  failure,
]);

export type SignerAnswer =
  | z.infer<typeof certificateAnswerSchema>
  | z.infer<typeof crlAnswerSchema>
  | z.infer<typeof manageAnswerSchema>;

/** What has arrived of a line so far. */
export type LineProgress =
  | { readonly state: "more" }
  | { readonly state: "too-long" }
  | { readonly state: "complete"; readonly line: string };

/** Longest line that begins like this. */
export function longestRequest(beginning: Buffer): number {
  return beginning.toString("latin1", 0, crlPrefix.length) === crlPrefix
    ? longestCrlLine
    : longestLine;
}

/**
 * Collects bytes up to the first line feed.
 * @param longest how many it may be, told by how the line begins
 */
export function lineReader(
  longest: (beginning: Buffer) => number,
): (chunk: Buffer) => LineProgress {
  const chunks: Buffer[] = [];
  let size = 0;
  return (chunk) => {
    const end = chunk.indexOf(0x0a);
    const part = end === -1 ? chunk : chunk.subarray(0, end);
    size += part.length;
    chunks.push(part);
    if (size > longestLine && size > longest(beginningOf(chunks))) return { state: "too-long" };
    return end === -1
      ? { state: "more" }
      : { state: "complete", line: Buffer.concat(chunks).toString("utf8") };
  };
}

function beginningOf(chunks: Buffer[]): Buffer {
  const first = chunks[0] ?? Buffer.alloc(0);
  if (first.length >= crlPrefix.length) return first;
  return Buffer.concat(chunks.slice(0, crlPrefix.length));
}
