import { createHash, X509Certificate, type KeyObject } from "node:crypto";
import { checkCsr, judgePublicKey, type CsrVerdict } from "#server/pki/csr-policy.ts";
import { oneLine } from "#server/domain/one-line.ts";
import type { EnrolmentEvidence } from "#server/services/enrolment/answer.ts";

/** What a device asks, judged as far as it can be without the registry. */
export type ReadAsk = {
  /** SHA-256 of what is asked, lower-case hex: who calls itself so, and the key that it shows. */
  readonly digest: string;
  /** Of the public key, lower-case hex; null for SAS keys and what cannot be read. */
  readonly spkiSha256: string | null;
  readonly csrPem: string | null;
  readonly warnings: readonly string[];
  /** A sentence about why it cannot be granted to anybody. */
  readonly problem: string | null;
};

const longest = { name: 200, value: 512, parameters: 50 } as const;

/** The evidence with texts of the device cut to what can be kept and shown. */
export function plainEvidence(evidence: EnrolmentEvidence): EnrolmentEvidence {
  const { subject, parameters } = evidence;
  return {
    ...evidence,
    registrationId: oneLine(evidence.registrationId, longest.name),
    serial: oneLine(evidence.serial, 128),
    subject: {
      commonName: oneLine(subject.commonName, longest.name),
      organisation: oneLine(subject.organisation, longest.name),
    },
    parameters: Object.fromEntries(
      Object.entries(parameters)
        .slice(0, longest.parameters)
        .map(([name, value]) => [oneLine(name, 64), oneLine(value, longest.value)]),
    ),
    transport: oneLine(evidence.transport, 32),
    remote: oneLine(evidence.remote, 64),
  };
}

function digestOf(registrationId: string, kind: string, what: string): string {
  // JSON keeps the parts apart whatever they hold.
  const text = JSON.stringify([registrationId, kind, what]);
  return createHash("sha256").update(text, "utf8").digest("hex");
}

function ofVerdict(verdict: CsrVerdict) {
  return verdict.accepted
    ? { spkiSha256: verdict.key.spkiSha256, warnings: verdict.key.warnings, problem: null }
    : { spkiSha256: null, warnings: [], problem: verdict.message };
}

function publicKeyOf(pem: string): KeyObject | undefined {
  try {
    return new X509Certificate(pem).publicKey;
  } catch {
    return undefined;
  }
}

/** Reads what a device asks. Two requests are the same when they name the same device and key. */
export async function readAsk(evidence: EnrolmentEvidence): Promise<ReadAsk> {
  const { ask, registrationId } = evidence;
  switch (ask.kind) {
    case "csr": {
      const { csrPem } = ask;
      // Its names are judged when the rules have said what the device is called.
      const read = ofVerdict(await checkCsr(csrPem, {}));
      return {
        ...read,
        digest: digestOf(registrationId, "csr", read.spkiSha256 ?? csrPem),
        // What cannot be read is not kept: it may be anything.
        csrPem: read.spkiSha256 === null ? null : csrPem,
      };
    }
    case "certificate": {
      const key = publicKeyOf(ask.pem);
      const read =
        key === undefined
          ? { spkiSha256: null, warnings: [], problem: "This is no certificate." }
          : ofVerdict(judgePublicKey(key));
      return {
        ...read,
        digest: digestOf(registrationId, "certificate", read.spkiSha256 ?? ask.pem),
        csrPem: null,
      };
    }
    case "sas":
      return {
        digest: digestOf(registrationId, "sas", ""),
        spkiSha256: null,
        csrPem: null,
        warnings: [],
        problem: null,
      };
  }
}
