import PDFDocument from "pdfkit";
import type { DecommissionProof } from "#server/services/device/decommission-proof.ts";

const margin = 56;
const labelWidth = 150;
const ink = "#1b1f24";
const quiet = "#5b6470";
const line = "#d5d9de";

type Row = readonly [label: string, value: string, mono?: "mono"];

/** The proof as a document to print and file: PDF, A4. */
export async function decommissionProofPdf(proof: DecommissionProof): Promise<Buffer> {
  const { deviceId } = proof.device;
  const document = new PDFDocument({
    size: "A4",
    margin,
    info: { Title: `Decommissioning of ${deviceId}`, Author: proof.organisation },
  });
  const done = collect(document);
  heading(document, proof);
  section(document, "Device", deviceRows(proof));
  section(document, "Decommissioned", decommissionRows(proof));
  section(document, "Certificates", certificateRows(proof));
  section(document, "Other credentials", credentialRows(proof));
  section(document, "Last heard", contactRows(proof));
  section(document, "Data", dataRows(proof));
  section(document, "Audit trail", auditRows(proof));
  document.end();
  return done;
}

function collect(document: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    document.on("data", (part: Buffer) => parts.push(part));
    document.on("end", () => resolve(Buffer.concat(parts)));
    document.on("error", reject);
  });
}

function heading(document: PDFKit.PDFDocument, { device, organisation }: DecommissionProof): void {
  document.font("Helvetica").fontSize(10).fillColor(quiet).text(storable(organisation));
  document.font("Helvetica-Bold").fontSize(20).fillColor(ink).text("Proof of decommissioning");
  document
    .font("Helvetica")
    .fontSize(12)
    .text(storable(`${device.name} (${device.deviceId})`));
}

function section(document: PDFKit.PDFDocument, title: string, rows: readonly Row[]): void {
  const { left, right, bottom } = document.page.margins;
  const width = document.page.width - left - right;
  if (document.y > document.page.height - bottom - 80) document.addPage();
  document.moveDown(1);
  document.font("Helvetica-Bold").fontSize(11).fillColor(ink).text(title, left);
  const under = document.y + 3;
  document
    .moveTo(left, under)
    .lineTo(left + width, under)
    .strokeColor(line)
    .lineWidth(0.5)
    .stroke();
  document.y = under + 6;
  for (const row of rows) writeRow(document, row, width);
}

function writeRow(document: PDFKit.PDFDocument, [label, value, mono]: Row, width: number): void {
  const { left, bottom } = document.page.margins;
  const font = mono === undefined ? "Helvetica" : "Courier";
  const text = value === "" ? "–" : storable(value);
  const valueWidth = width - labelWidth;
  document.font(font).fontSize(9);
  const height = document.heightOfString(text, { width: valueWidth });
  if (document.y + height > document.page.height - bottom) document.addPage();
  const top = document.y;
  document
    .font("Helvetica")
    .fillColor(quiet)
    .text(label, left, top, { width: labelWidth - 8 });
  const labelEnd = document.y;
  document
    .font(font)
    .fillColor(ink)
    .text(text, left + labelWidth, top, { width: valueWidth });
  document.y = Math.max(document.y, labelEnd) + 3;
}

/** The built-in fonts have Latin letters; what they lack is written as a question mark. */
function storable(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[^\u0020-\u007e\u00a0-\u00ff\u2013\u2014\u2018-\u201d…•€]/gu, "?");
}

function moment(iso: string | null): string {
  return iso === null ? "never" : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
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
