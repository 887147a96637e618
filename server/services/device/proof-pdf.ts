import { moment, proofPdf, type ProofRow as Row } from "#server/services/proof-document.ts";
import type { DecommissionProof } from "#server/services/device/decommission-proof.ts";

/** The proof as a document to print and file: PDF, A4. */
export async function decommissionProofPdf(proof: DecommissionProof): Promise<Buffer> {
  const { name, deviceId } = proof.device;
  return proofPdf({
    organisation: proof.organisation,
    title: "Proof of decommissioning",
    subject: `${name} (${deviceId})`,
    sections: [
      { title: "Device", rows: deviceRows(proof) },
      { title: "Decommissioned", rows: decommissionRows(proof) },
      { title: "Certificates", rows: certificateRows(proof) },
      { title: "Other credentials", rows: credentialRows(proof) },
      { title: "Last heard", rows: contactRows(proof) },
      { title: "Data", rows: dataRows(proof) },
      { title: "Audit trail", rows: auditRows(proof) },
    ],
  });
}

function deviceRows({ device }: DecommissionProof): readonly Row[] {
  return [
    ["Name", device.name],
    ["Device id", device.deviceId, "mono"],
    ["UUID", device.id, "mono"],
    ["Serial", device.serial],
    ["Manufacturer, model", [device.manufacturer, device.model].filter(Boolean).join(", ")],
    ["Hardware revision", device.hardwareRevision],
    ["Profile", device.profile],
    ["Registered", `${moment(device.registeredAt)} by ${device.registeredBy}`],
  ];
}

function decommissionRows({ decommissioned }: DecommissionProof): readonly Row[] {
  const { detached, decommissioned: ended } = decommissioned.children;
  const children =
    ended > 0
      ? `${ended} devices behind it were decommissioned with it`
      : `${detached} devices behind it were detached`;
  return [
    ["When", moment(decommissioned.at)],
    ["By", decommissioned.by],
    ["Reason", decommissioned.reason ?? "none was given"],
    ...(detached + ended === 0 ? [] : [["Children", children] as const]),
  ];
}

function certificateRows({ certificates }: DecommissionProof): readonly Row[] {
  if (certificates.length === 0) return [["Revoked", "The device had none."]];
  return certificates.flatMap(({ sha256, serial, revokedAt }): readonly Row[] => [
    ["SHA-256 fingerprint", sha256, "mono"],
    ["Serial number", serial, "mono"],
    ["Revoked", moment(revokedAt)],
  ]);
}

function credentialRows({ credentials }: DecommissionProof): readonly Row[] {
  if (credentials.length === 0) return [["Revoked", "The device had none."]];
  return credentials.map(({ kind, id, revokedAt }): Row => {
    return [kind, `${id}, revoked ${moment(revokedAt)}`];
  });
}

function contactRows({ lastConnection, lastMessageAt }: DecommissionProof): readonly Row[] {
  const { connectedAt, disconnectedAt, remoteAddress } = lastConnection;
  return [
    ["Last connected", moment(connectedAt)],
    ["Last disconnected", moment(disconnectedAt)],
    ["From", remoteAddress ?? "–"],
    ["Last message", moment(lastMessageAt)],
  ];
}

function dataRows({ retentionClass, erasure }: DecommissionProof): readonly Row[] {
  if (erasure !== null) return erasureRows(erasure);
  const kept = `What the device sent is kept as the retention class “${retentionClass}” of its profile says. Nothing was erased with the decommissioning.`;
  return [["Disposition", kept]];
}

function erasureRows(erasure: NonNullable<DecommissionProof["erasure"]>): readonly Row[] {
  const { requestedAt, finishedAt } = erasure;
  return [
    ["Disposition", "What the device sent is deleted for good."],
    ["Asked for", moment(requestedAt)],
    ["Finished", finishedAt === null ? "not yet: it is under way" : moment(finishedAt)],
    ["Stored messages", String(erasure.readings)],
    ["States, events, logs", String(erasure.messages)],
    ["Dead letters", String(erasure.letters)],
    ["Samples", String(erasure.samples)],
    ["Comings and goings", String(erasure.connections)],
    [
      "What stays",
      "This record, the audit trail, refused connections, and counts that name no content.",
    ],
  ];
}

function auditRows({ audit }: DecommissionProof): readonly Row[] {
  return [
    ["Event", `No. ${audit.seq}, ${moment(audit.at)}`],
    ["Hash", audit.hash, "mono"],
    [
      "How to check",
      "The hash is that of the event in the organisation's audit chain. Verify the chain on the page Audit, and compare.",
    ],
  ];
}
