import { TokenUnavailable } from "#server/pki/pkcs11.ts";
import {
  SignerRefusal,
  type AuthorityCommand,
  type CertificateRequest,
  type Signer,
} from "#server/pki/signer-client.ts";
import {
  envelopeSchema,
  type Envelope,
  type SignerAnswer,
  type SignerFailure,
} from "#server/pki/signer-protocol.ts";
import type { SignerEvent } from "#server/pki/signer-server.ts";

type Parts = {
  readonly signer: () => Promise<Signer>;
  readonly onEvent: (event: SignerEvent) => void;
  readonly takeToken: (nowMs: number) => boolean;
};

/** An answer, and whether the connection stays open for another request. */
export type AnsweredLine = { readonly answer: SignerAnswer; readonly goesOn: boolean };

function failure(error: SignerFailure["error"], message: string): SignerFailure {
  return { ok: false, error, message };
}

/** A bare certificate request is what the envelope `sign` holds. */
function readLine(
  line: string,
): { readonly envelope: Envelope; readonly isBare: boolean } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const hasOp = typeof value === "object" && value !== null && Object.hasOwn(value, "op");
  if (!hasOp) return { envelope: { op: "sign", request: value }, isBare: true };
  const parsed = envelopeSchema.safeParse(value);
  return parsed.success ? { envelope: parsed.data, isBare: false } : undefined;
}

async function perform(signer: Signer, envelope: Envelope): Promise<SignerAnswer> {
  // The signer parses what it is given before anything else.
  switch (envelope.op) {
    case "sign":
      return { ok: true, ...(await signer.sign(envelope.request as CertificateRequest)) };
    case "signCrl": {
      const { issuerSha256 } = envelope;
      const tbs = Buffer.from(envelope.tbs, "base64");
      const signature = await signer.signCrl({ issuerSha256, tbs });
      return { ok: true, signature: Buffer.from(signature).toString("base64") };
    }
    case "manage": {
      const result = await signer.manage(envelope.command as AuthorityCommand);
      return { ok: true, ...result, authorities: [...result.authorities] };
    }
  }
}

function kindOf(envelope: Envelope): string {
  switch (envelope.op) {
    case "sign":
      return (envelope.request as CertificateRequest).kind;
    case "signCrl":
      return "crl";
    case "manage":
      return (envelope.command as AuthorityCommand).op;
  }
}

async function answer(parts: Parts, envelope: Envelope): Promise<SignerAnswer> {
  if (!parts.takeToken(performance.now())) {
    return failure("busy", "Too many signatures were asked for at once.");
  }
  const startedAt = performance.now();
  try {
    const done = await perform(await parts.signer(), envelope);
    const milliseconds = performance.now() - startedAt;
    parts.onEvent({ outcome: "signed", kind: kindOf(envelope), milliseconds });
    return done;
  } catch (error) {
    if (error instanceof SignerRefusal) return failure("refused", error.message);
    const cause = error instanceof Error ? error.message : String(error);
    parts.onEvent({ outcome: "failed", message: cause });
    // What the token lacks, an administrator can mend; everything else stays inside.
    return failure(
      "failed",
      error instanceof TokenUnavailable ? cause : "The signer met an error of its own.",
    );
  }
}

/** Does what a line asks for. Never throws. */
export async function answerLine(parts: Parts, line: string): Promise<AnsweredLine> {
  const read = readLine(line);
  if (read === undefined) {
    return {
      answer: failure("malformed", "The request is not a line of JSON that the signer knows."),
      goesOn: false,
    };
  }
  return { answer: await answer(parts, read.envelope), goesOn: !read.isBare };
}
