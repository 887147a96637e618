import { X509Certificate } from "node:crypto";
import { enrolmentRefusal } from "#server/gateway/enrolment-words.ts";
import type { EnrolmentPort } from "#server/gateway/enrolment-port.ts";
import { plainText, type Answer } from "#server/gateway/https/answer.ts";
import type { EstCaller } from "#server/gateway/https/est/authenticate.ts";
import { challenge, EstRefused } from "#server/gateway/https/est/refused.ts";
import { quoted } from "#server/gateway/refusal.ts";
import { certsOnly } from "#server/pki/certs-only.ts";
import { readHolder } from "#server/pki/read-holder.ts";
import { readSigningRequest } from "#server/pki/read-signing-request.ts";
import type { EnrolmentRefusal } from "#server/domain/enrolment-refusal.ts";
import type {
  EnrolmentAnswer,
  EnrolmentEvidence,
  FoundGroup,
} from "#server/services/enrolment/answer.ts";

/** Who enrols: not yet a device. */
export type Applicant = Extract<EstCaller, { readonly kind: "credential" | "customer" }>;

type Asked = {
  readonly csrPem: string;
  /** Of the path. */
  readonly label: string | undefined;
  readonly remote: string;
};

/** The group by which the applicant comes. */
function groupOf(applicant: Applicant): FoundGroup {
  return applicant.kind === "credential"
    ? applicant.credential.group
    : applicant.issued.authority.group;
}

/**
 * Enrols by EST, RFC 7030 §4.2.1.
 * @throws EstRefused with the status and the words of RFC 7030 §4.2.3; Error in outages
 */
export async function enrolByEst(
  port: Pick<EnrolmentPort, "enrol">,
  applicant: Applicant,
  asked: Asked,
): Promise<Answer> {
  const group = groupOf(applicant);
  checkLabel(group, asked.label);
  const evidence = evidenceOf(applicant, asked);
  const answer = await port.enrol(group, evidence);
  if (answer.state === "enrolled" && answer.certificate !== null) {
    return certificateAnswer(answer.certificate.certificatePem);
  }
  if (answer.state === "enrolled") throw new Error("Enrolled by a request, and no certificate.");
  const refusal = enrolmentRefusal(answer, quoted(evidence.registrationId));
  if (answer.state === "pending") {
    return plainText(202, `${refusal.detail} Ask again with the same request.`, {
      "retry-after": String(answer.retryAfterSeconds),
    });
  }
  const status = statusOf(answer);
  const concerned = { tenantId: group.tenantId, deviceKey: null };
  throw new EstRefused(status, refusal, { concerned, headers: headersOf(status) });
}

/** The certificate that was issued and no other, RFC 7030 §4.2.3. */
export function certificateAnswer(certificatePem: string): Answer {
  return {
    status: 200,
    headers: {
      "content-type": "application/pkcs7-mime; smime-type=certs-only",
      "content-transfer-encoding": "base64",
    },
    body: certsOnly(certificatePem),
  };
}

function checkLabel(group: FoundGroup, label: string | undefined): void {
  if (label === undefined || label === group.publicId) return;
  throw new EstRefused(
    403,
    {
      cause: "enrolment-refused",
      detail: `The path names the enrolment group ${quoted(label)}, the credential belongs to ${quoted(group.publicId)}.`,
      remedy: `Use /.well-known/est/${group.publicId}/simpleenroll, or the credential of the other group.`,
    },
    { concerned: { tenantId: group.tenantId, deviceKey: null } },
  );
}

/** @throws EstRefused when nothing says what the device is called */
function evidenceOf(applicant: Applicant, { csrPem, remote }: Asked): EnrolmentEvidence {
  const nobody = { commonName: "", organisation: "", serialNumber: "" };
  const named = readSigningRequest(csrPem)?.holder ?? nobody;
  const common = { parameters: {}, transport: "https", remote } as const;
  const ask = { kind: "csr", csrPem } as const;
  if (applicant.kind === "customer") {
    // The CA vouches for its own certificate's names, not for those of the request.
    const holder = readHolder(new X509Certificate(applicant.issued.leaf.raw));
    const { commonName, organisation, serialNumber: serial } = holder;
    const subject = { commonName, organisation };
    return { ...common, ask, registrationId: commonName, serial, subject };
  }
  const { credential, userName } = applicant;
  const { commonName, organisation, serialNumber: serial } = named;
  const registrationId = commonName === "" ? userName : commonName;
  if (registrationId === "") {
    throw new EstRefused(400, unnamed, {
      concerned: { tenantId: credential.group.tenantId, deviceKey: null },
    });
  }
  const subject = { commonName, organisation };
  return { ...common, ask, registrationId, serial, subject, credential };
}

const unnamed = {
  cause: "enrolment-refused",
  detail: "The request names no device: its subject has no common name, and there is no user name.",
  remedy: "Put the device's id into the request's common name (openssl req: -subj /CN=device-id).",
} as const;

function statusOf({
  reason,
}: Extract<EnrolmentAnswer, { readonly state: "refused" }>): 400 | 401 | 403 | 503 {
  const statuses: Partial<Record<EnrolmentRefusal, 400 | 401 | 503>> = {
    "credential-expired": 401,
    "credential-revoked": 401,
    "credential-used-up": 401,
    "credential-unknown": 401,
    "bad-registration-id": 400,
    "subject-mismatch": 400,
    "csr-refused": 400,
    "key-in-use": 400,
    "webhook-unreachable": 503,
    "signer-unavailable": 503,
  };
  return statuses[reason] ?? 403;
}

function headersOf(status: number): Readonly<Record<string, string>> {
  if (status === 401) return challenge;
  return status === 503 ? { "retry-after": "30" } : {};
}
