import { z } from "zod";

/**
 * One connection, one question: the caller writes a line of JSON (a certificate request), the
 * signer answers with a line and closes.
 */

/** Longest line either side reads, bytes. */
export const longestLine = 65_536;

/** Why there is no certificate. Closed: the client maps the whole set. */
const signerErrors = ["refused", "malformed", "too_large", "slow", "busy", "failed"] as const;

export const signerAnswerSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), certificatePem: z.string(), chainPem: z.string() }),
  z.object({ ok: z.literal(false), error: z.enum(signerErrors), message: z.string() }),
]);

export type SignerAnswer = z.infer<typeof signerAnswerSchema>;

/** What has arrived of a line so far. */
export type LineProgress =
  | { readonly state: "more" }
  | { readonly state: "too-long" }
  | { readonly state: "complete"; readonly line: string };

/** Collects bytes up to the first line feed, at most {@link longestLine} of them. */
export function lineReader(): (chunk: Buffer) => LineProgress {
  const chunks: Buffer[] = [];
  let size = 0;
  return (chunk) => {
    const end = chunk.indexOf(0x0a);
    const part = end === -1 ? chunk : chunk.subarray(0, end);
    size += part.length;
    if (size > longestLine) return { state: "too-long" };
    chunks.push(part);
    return end === -1
      ? { state: "more" }
      : { state: "complete", line: Buffer.concat(chunks).toString("utf8") };
  };
}
