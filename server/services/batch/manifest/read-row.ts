import type { z } from "zod";
import { deviceAttributes } from "#server/domain/device-attributes.ts";
import type { ColumnMapping, ManifestField, ManifestRow } from "#server/domain/device-batch.ts";
import { deviceIdFromName, deviceIdRule, isDeviceId } from "#server/domain/device-id.ts";
import type { BatchEntry } from "#server/services/batch/manifest/entry.ts";
import type { SourceRecord } from "#server/services/batch/manifest/source.ts";
import { createDeviceSchema, deviceIdentity, deviceTags } from "#server/services/device/schemas.ts";
import { storable } from "#server/pipeline/storable.ts";

/** What of a bad value is shown again. */
const shown = 200;

type Cell = string | number | boolean;
type Fields = Partial<Record<ManifestField, string>>;
type Read = {
  readonly fields: Fields;
  readonly attributes: Readonly<Record<string, Cell>>;
  readonly tags: readonly string[];
};

/**
 * What a record of a manifest says of its device. Where it names no device id, the serial number is
 * one if it fits, else one is made of the name. Whatever is wrong becomes a sentence of the row.
 * @param at.keys "csr": the row must hold a signing request, and only then is one taken
 */
export function readRow(
  source: SourceRecord,
  at: { readonly mapping: ColumnMapping; readonly needsCsr: boolean },
): BatchEntry {
  const problems: string[] = source.problem === undefined ? [] : [source.problem];
  const read = readCells(source.record, at.mapping, problems);
  const { fields } = read;
  const serial = checked(deviceIdentity.serial, "serial", fields.serial ?? "", problems);
  const deviceId = idOf(fields, serial, problems);
  const name = checked(createDeviceSchema.shape.name, "name", nameOf(fields, deviceId), problems);
  const csrPem = at.needsCsr ? csrOf(fields, problems) : null;
  const data = dataOf(read, problems);
  return { line: source.line, deviceId, name, serial, data, csrPem, problems };
}

function readCells(record: unknown, mapping: ColumnMapping, problems: string[]): Read {
  const fields: Fields = {};
  const attributes: Record<string, Cell> = {};
  let tags: readonly string[] = [];
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    problems.push("The record is no JSON object.");
    return { fields, attributes, tags };
  }
  for (const [column, target] of Object.entries(mapping)) {
    const value: unknown = Object.hasOwn(record, column) ? Reflect.get(record, column) : undefined;
    if (target === "tags" && Array.isArray(value)) tags = value.map(String);
    else if (isCell(value)) take({ fields, attributes }, target, value);
    else if (value !== undefined && value !== null) {
      problems.push(`${column}: a text or a number is needed here.`);
    }
  }
  requireText({ ...fields, ...attributes }, problems);
  return { fields, attributes, tags };
}

function requireText(cells: Readonly<Record<string, Cell>>, problems: string[]): void {
  for (const [name, text] of Object.entries(cells)) {
    if (typeof text !== "string" || isStorable(text)) continue;
    problems.push(`${name}: leave out the characters that are no text.`);
  }
}

function isCell(value: unknown): value is Cell {
  return ["string", "number", "boolean"].includes(typeof value);
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

function take(
  into: { readonly fields: Fields; readonly attributes: Record<string, Cell> },
  target: string,
  value: Cell,
): void {
  if (target.startsWith("attribute:")) {
    if (value !== "") into.attributes[target.slice("attribute:".length)] = value;
    return;
  }
  into.fields[target as ManifestField] = String(value).trim();
}

/** As the database takes it, cut to what is shown of it. */
function shortened(text: string): string {
  return storable(text).slice(0, shown).toWellFormed();
}

function checked(
  schema: z.ZodType<string>,
  what: string,
  text: string,
  problems: string[],
): string {
  const result = schema.safeParse(text);
  if (result.success && isStorable(result.data)) return result.data;
  if (!result.success) problems.push(`${what}: ${result.error.issues[0]?.message ?? "not usable"}`);
  return shortened(text);
}

function idOf(fields: Fields, serial: string, problems: string[]): string {
  const { deviceId = "", name = "" } = fields;
  if (deviceId !== "") {
    if (!isDeviceId(deviceId)) problems.push(`deviceId: ${deviceIdRule}`);
    return shortened(deviceId);
  }
  if (serial === "" && name === "") {
    problems.push("The row has neither a device id nor a serial number nor a name.");
    return "";
  }
  if (isDeviceId(serial)) return serial;
  return deviceIdFromName(name === "" ? serial : name);
}

function nameOf({ name = "", serial = "" }: Fields, deviceId: string): string {
  if (name !== "") return name;
  return (serial === "" ? deviceId : serial).slice(0, 120) || "?";
}

/** In a cell, the lines of a PEM are often written with "\n" between them. */
function csrOf({ csr = "" }: Fields, problems: string[]): string | null {
  if (csr === "") {
    problems.push("CSR: the row has no signing request, and its key is to come from one.");
    return null;
  }
  if (!isStorable(csr)) return null;
  return csr.replaceAll("\\r", "").replaceAll("\\n", "\n");
}

function dataOf({ fields, attributes, tags }: Read, problems: string[]): ManifestRow {
  const words = (fields.tags ?? "").split(/[;,|]/).map((tag) => tag.trim());
  const allTags = [...new Set([...tags, ...words])].filter((tag) => tag !== "");
  const text = (name: "manufacturer" | "model" | "hardwareRevision") => {
    const value = checked(deviceIdentity[name], name, fields[name] ?? "", problems);
    return value === "" ? {} : { [name]: value };
  };
  const said = { ...text("manufacturer"), ...text("model"), ...text("hardwareRevision") };
  const judgedTags = deviceTags.safeParse(allTags);
  const judged = deviceAttributes.safeParse(attributes);
  if (!judgedTags.success) problems.push(`tags: ${judgedTags.error.issues[0]?.message}`);
  if (!judged.success) problems.push(`attributes: ${judged.error.issues[0]?.message}`);
  const hasBad = problems.length > 0;
  return {
    ...said,
    ...(judgedTags.success && allTags.length > 0 && { tags: allTags }),
    ...(judged.success && !hasBad && Object.keys(attributes).length > 0 && { attributes }),
  };
}
