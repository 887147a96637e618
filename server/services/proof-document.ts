import PDFDocument from "pdfkit";

const margin = 56;
const labelWidth = 150;
const ink = "#1b1f24";
const quiet = "#5b6470";
const line = "#d5d9de";

/** One fact of a proof; `mono` for what is compared letter by letter. */
export type ProofRow = readonly [label: string, value: string, mono?: "mono"];

/** A proof as a document to print and file: what is proven, of what, and the facts in sections. */
export type ProofDocument = {
  readonly organisation: string;
  readonly title: string;
  readonly subject: string;
  /** The finding in a sentence, above the sections. */
  readonly verdict?: string;
  readonly sections: readonly { readonly title: string; readonly rows: readonly ProofRow[] }[];
};

/** The document as PDF, A4. */
export async function proofPdf(proof: ProofDocument): Promise<Buffer> {
  const document = new PDFDocument({
    size: "A4",
    margin,
    info: { Title: `${proof.title}: ${proof.subject}`, Author: proof.organisation },
  });
  const done = collect(document);
  heading(document, proof);
  for (const { title, rows } of proof.sections) section(document, title, rows);
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

function heading(document: PDFKit.PDFDocument, proof: ProofDocument): void {
  document.font("Helvetica").fontSize(10).fillColor(quiet).text(storable(proof.organisation));
  document.font("Helvetica-Bold").fontSize(20).fillColor(ink).text(proof.title);
  document.font("Helvetica").fontSize(12).text(storable(proof.subject));
  if (proof.verdict === undefined) return;
  document.moveDown(0.8);
  document.font("Helvetica-Bold").fontSize(11).text(storable(proof.verdict));
}

function section(document: PDFKit.PDFDocument, title: string, rows: readonly ProofRow[]): void {
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

function writeRow(
  document: PDFKit.PDFDocument,
  [label, value, mono]: ProofRow,
  width: number,
): void {
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

/** An instant as a proof says it. */
export function moment(iso: string | null): string {
  return iso === null ? "never" : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
