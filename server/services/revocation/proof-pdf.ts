import { reasonWords, verdictWords } from "#server/domain/revocation-words.ts";
import { moment, proofPdf, type ProofRow as Row } from "#server/services/proof-document.ts";
import type { RevocationProof } from "#server/services/revocation/proof.ts";

/** The proof as a document to print and file: PDF, A4. */
export async function revocationProofPdf(proof: RevocationProof): Promise<Buffer> {
  const { device, sha256, kind, verdict } = proof;
  return proofPdf({
    organisation: proof.organisation,
    title: kind === "revoked" ? "Proof of revocation" : "Record of a hold",
    subject: device === null ? sha256 : `${device.name} (${device.deviceId})`,
    verdict: verdictWords(verdict, kind, moment),
    sections: [
      { title: "Certificate", rows: certificateRows(proof) },
      { title: kind === "revoked" ? "Revoked" : "On hold", rows: decisionRows(proof) },
      { title: "Last used", rows: sessionRows(proof) },
      { title: "Sessions cut", rows: cutRows(proof) },
      { title: "Published", rows: listRows(proof) },
      { title: "Later attempts", rows: attemptRows(proof) },
      { title: "Audit trail", rows: auditRows(proof) },
    ],
  });
}

function certificateRows({ sha256, serial, certificate }: RevocationProof): readonly Row[] {
  const rows: Row[] = [["SHA-256 fingerprint", sha256, "mono"]];
  if (serial !== null) rows.push(["Serial number", serial, "mono"]);
  if (certificate === null) return rows;
  return [
    ...rows,
    ["Subject", certificate.subject],
    ["Issuer", certificate.issuer],
    ["Key", certificate.keyAlgorithm],
    ["Valid", `${moment(certificate.notBefore)} to ${moment(certificate.notAfter)}`],
    ["Issued", `${moment(certificate.issuedAt)} by ${certificate.issuedBy}`],
  ];
}

function decisionRows(proof: RevocationProof): readonly Row[] {
  const { at, by, released } = proof;
  return [
    ["When", moment(at)],
    ["By", by],
    ["Reason", reasonWords(proof)],
    ...(released === null
      ? []
      : [["Released", `${moment(released.at)} by ${released.by}`] as const]),
  ];
}

function sessionRows({ session, lastSessionAt, lastMessageAt }: RevocationProof): readonly Row[] {
  return [
    ["Last session began", moment(lastSessionAt)],
    ["From", session.remote ?? "not known"],
    ["Last message", lastMessageAt === null ? "none is known" : moment(lastMessageAt)],
    ["Last session ended", session.connected ? "it is open" : moment(session.endedAt)],
    ["Why", session.endReason ?? "not known"],
  ];
}

function cutRows({ wasConnected, cut, checks, workersMissing }: RevocationProof): readonly Row[] {
  const cutWords = cut === null ? "no session was open" : `${moment(cut.at)} (${cut.sessions})`;
  return [
    ["Connected at the time", wasConnected ? "yes" : "no"],
    ["Sessions cut", cutWords],
    ...checks.map(({ host, workerId, at, sessions }): Row => {
      const name = host === "" ? workerId : `${host}, ${workerId}`;
      return [`Checked ${moment(at)}`, `${name}: ${sessions} cut`];
    }),
    ...(workersMissing === 0 ? [] : [["Not checked yet", String(workersMissing)] as const]),
  ];
}

const ocsp = "The OCSP responder answers from the registry, from the moment of the revocation.";

function listRows({ crl, listed }: RevocationProof): readonly Row[] {
  if (listed === "not-ours") {
    return [
      [
        "Revocation list",
        "A list of ours does not name it: another CA issued it, or it had expired.",
      ],
    ];
  }
  return [
    [
      "Revocation list",
      crl === null
        ? "pending"
        : `No. ${crl.number} of ${moment(crl.at)} is the first that names it`,
    ],
    ["OCSP", ocsp],
  ];
}

function attemptRows({ attempts, lastAttempt, refused }: RevocationProof): readonly Row[] {
  if (attempts === 0) return [["Refused", "Nobody has tried to connect with it since."]];
  const last =
    lastAttempt === null ? "" : `, the last ${moment(lastAttempt.at)} from ${lastAttempt.remote}`;
  return [
    ["Refused", `${attempts}${last}`],
    ...refused.map(({ remote, firstAt, lastAt, detail }): Row => {
      return [remote, `${moment(firstAt)} to ${moment(lastAt)}: ${detail}`];
    }),
  ];
}

function auditRows({ audit }: RevocationProof): readonly Row[] {
  if (audit === null) return [["Event", "It is in the trail of another organisation."]];
  return [
    ["Event", `No. ${audit.seq}, ${audit.action}, ${moment(audit.at)}`],
    ["Hash", audit.hash, "mono"],
    [
      "How to check",
      "The hash is that of the event in the organisation's audit chain. Verify the chain on the page Audit, and compare.",
    ],
  ];
}
