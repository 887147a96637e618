import PDFDocument from "pdfkit";
import { encode } from "uqr";
import { z } from "zod";
import type { BundleRow } from "#server/db/read-batch-bundle.ts";
import { batchRefSchema } from "#server/services/batch/schemas.ts";
import { rowsOfBatch } from "#server/services/batch/rows-of.ts";
import { showBatch } from "#server/services/batch/show.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { parseInput } from "#server/services/input.ts";

/** Sheets of 3 × 8 labels of 63.5 × 33.9 mm, as Avery L7159 and many others; in points. */
const sheet = { columns: 3, rows: 8, left: 20.5, top: 36.9, width: 180, height: 96.1, gap: 7.2 };
const inner = 8;
const qrSize = sheet.height - 2 * inner;

const labelsSchema = batchRefSchema.extend({
  /** The console's address, to which the QR codes lead. */
  baseUrl: z.url(),
});

/**
 * Labels for the devices of a batch as PDF on A4 sheets, made while they are read: name, device id,
 * serial number and a QR code that leads to the device's page.
 * @throws ServiceError not_found, conflict (there are no devices yet), before the first byte
 */
export async function batchLabels(
  ctx: Context,
  input: z.input<typeof labelsSchema>,
): Promise<AsyncGenerator<Uint8Array, void>> {
  const { batchId, baseUrl } = parseInput(labelsSchema, input);
  const { state, name } = await showBatch(ctx, { batchId });
  if (state !== "sampling" && state !== "approved") {
    throw new ServiceError("conflict", `“${name}” has no devices to put labels on.`, {
      remedy: "Start the batch first.",
    });
  }
  return pagesOf(ctx, { batchId, baseUrl, title: name });
}

async function* pagesOf(
  ctx: Context,
  at: { readonly batchId: string; readonly baseUrl: string; readonly title: string },
): AsyncGenerator<Uint8Array, void> {
  const document = new PDFDocument({
    size: "A4",
    margin: 0,
    autoFirstPage: false,
    info: { Title: at.title, Creator: "Quayside" },
  });
  const perSheet = sheet.columns * sheet.rows;
  let count = 0;
  for await (const rows of rowsOfBatch(ctx, at.batchId)) {
    for (const row of rows) {
      if (count % perSheet === 0) document.addPage();
      drawLabel(document, row, { place: count % perSheet, baseUrl: at.baseUrl });
      count += 1;
    }
    yield* written(document);
  }
  document.end();
  for await (const chunk of document) yield chunk as Uint8Array;
}

/** What is finished of it. */
function* written(document: PDFKit.PDFDocument): Generator<Uint8Array, void> {
  for (let chunk: unknown = document.read(); chunk !== null; chunk = document.read()) {
    yield chunk as Uint8Array;
  }
}

function drawLabel(
  document: PDFKit.PDFDocument,
  row: BundleRow,
  at: { readonly place: number; readonly baseUrl: string },
): void {
  const column = at.place % sheet.columns;
  const left = sheet.left + column * (sheet.width + sheet.gap) + inner;
  const top = sheet.top + Math.floor(at.place / sheet.columns) * sheet.height + inner;
  drawCode(document, new URL(`/devices/${encodeURIComponent(row.deviceId)}`, at.baseUrl).href, {
    left,
    top,
  });
  const textLeft = left + qrSize + inner;
  const width = sheet.width - qrSize - 3 * inner;
  const line = (text: string, options: { font: string; size: number; y: number; rows: number }) =>
    document
      .font(options.font)
      .fontSize(options.size)
      .fillColor("black")
      .text(printable(text), textLeft, top + options.y, {
        width,
        height: options.rows * options.size * 1.2,
        ellipsis: true,
        lineGap: 0,
      });
  line(row.name, { font: "Helvetica-Bold", size: 8, y: 0, rows: 3 });
  line(row.deviceId, { font: "Courier", size: 7, y: 32, rows: 3 });
  if (row.serial !== "") line(`SN ${row.serial}`, { font: "Courier", size: 6, y: 60, rows: 2 });
}

/** Dark modules as one path; the quiet zone of the code is the label's white. */
function drawCode(
  document: PDFKit.PDFDocument,
  text: string,
  at: { readonly left: number; readonly top: number },
): void {
  const { data, size } = encode(text, { ecc: "M", border: 0 });
  const cell = qrSize / size;
  for (const [y, cells] of data.entries()) {
    for (let x = 0; x < size; x += 1) {
      if (cells[x] !== true) continue;
      const from = x;
      while (cells[x + 1] === true) x += 1;
      document.rect(at.left + from * cell, at.top + y * cell, (x - from + 1) * cell, cell);
    }
  }
  document.fill("black");
}

/** The fonts that every reader of PDF has know the signs of Western Europe only. */
function printable(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[^\u0020-\u007e\u00a0-\u00ff\u2013\u2014\u2018-\u201e\u20ac]/gu, (sign) => {
      const plain = sign.normalize("NFKD").replace(/\p{M}/gu, "");
      return /^[\u0020-\u007e]+$/.test(plain) ? plain : "?";
    });
}
