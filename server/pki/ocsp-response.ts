import { createHash, sign, type KeyObject } from "node:crypto";
import type { CertificateFields } from "#server/pki/certificate-fields.ts";
import {
  encodeDer,
  derContext,
  derExtension,
  derGeneralizedTime,
  derOid,
  derSequence,
  derTag,
  ecdsaWithSha256,
  encodeBits,
} from "#server/pki/der.ts";

/** OCSPResponseStatus, RFC 6960 §4.2.1. */
const statusCodes = {
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  unauthorized: 6,
} as const;

/** Why there is no answer. */
export type OcspProblem = keyof typeof statusCodes;

/** What is said of a certificate. */
export type CertStatus =
  | { readonly kind: "good" }
  | { readonly kind: "unknown" }
  | {
      readonly kind: "revoked";
      readonly at: Date;
      /** CRLReason, RFC 5280 §5.3.1. */
      readonly reason: number;
    };

/** Who signs answers in the name of one issuing CA. */
export type OcspResponder = {
  readonly certificate: Pick<CertificateFields, "der" | "publicKey">;
  readonly key: KeyObject;
  readonly notAfter: Date;
};

/** OCSPResponse without an answer. */
export function ocspProblem(problem: OcspProblem): Buffer {
  return derSequence(Buffer.of(derTag.enumerated, 1, statusCodes[problem]));
}

function statusOf(status: CertStatus): Buffer {
  switch (status.kind) {
    case "good":
      return Buffer.of(0x80, 0);
    case "unknown":
      return Buffer.of(0x82, 0);
    case "revoked": {
      const { at, reason } = status;
      // Unspecified is said by saying nothing, as in lists.
      const why = reason === 0 ? [] : [derContext(0, Buffer.of(derTag.enumerated, 1, reason))];
      return derContext(1, derGeneralizedTime(at), ...why);
    }
  }
}

/**
 * A signed answer (BasicOCSPResponse, RFC 6960 §4.2.1) with the responder's certificate in it.
 * @param input.singles each with the CertID as it was asked for, DER
 * @param input.nonce repeated as RFC 9654 asks
 */
export function ocspAnswer(input: {
  readonly responder: OcspResponder;
  readonly singles: readonly { readonly id: Buffer; readonly status: CertStatus }[];
  readonly producedAt: Date;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly nonce: Buffer | undefined;
}): Buffer {
  const { responder, singles, producedAt, nonce } = input;
  const times = [
    derGeneralizedTime(input.thisUpdate),
    derContext(0, derGeneralizedTime(input.nextUpdate)),
  ];
  const responses = singles.map(({ id, status }) => derSequence(id, statusOf(status), ...times));
  const keyHash = createHash("sha1").update(responder.certificate.publicKey).digest();
  const tbs = derSequence(
    derContext(2, encodeDer(derTag.octetString, keyHash)),
    derGeneralizedTime(producedAt),
    derSequence(...responses),
    ...(nonce === undefined ? [] : [nonceExtension(nonce)]),
  );
  const basic = derSequence(
    tbs,
    ecdsaWithSha256,
    encodeBits(sign("sha256", tbs, responder.key)),
    derContext(0, derSequence(responder.certificate.der)),
  );
  return derSequence(
    Buffer.of(derTag.enumerated, 1, 0),
    derContext(
      0,
      derSequence(derOid("1.3.6.1.5.5.7.48.1.1"), encodeDer(derTag.octetString, basic)),
    ),
  );
}

function nonceExtension(nonce: Buffer): Buffer {
  const value = encodeDer(derTag.octetString, nonce);
  return derContext(1, derSequence(derExtension("1.3.6.1.5.5.7.48.1.2", value)));
}
