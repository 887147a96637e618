import { deviceIdPattern } from "#server/domain/device-id.ts";
import { isForbiddenName } from "#server/domain/field-name.ts";
import { sasKeyBytes } from "#server/domain/sas-key.ts";
import type { ImportSecrets, MappedRecord } from "#server/services/batch/import/mapped-record.ts";

const textFields = {
  name: { most: 120, label: "name" },
  serial: { most: 128, label: "serial" },
  manufacturer: { most: 120, label: "manufacturer" },
  model: { most: 120, label: "model" },
  hardwareRevision: { most: 64, label: "hardware revision" },
} as const;
type TextField = keyof typeof textFields;

const synonyms: Readonly<Record<string, TextField>> = {
  serial: "serial",
  serialnumber: "serial",
  serialno: "serial",
  manufacturer: "manufacturer",
  vendor: "manufacturer",
  model: "model",
  modelnumber: "model",
  hardwarerevision: "hardwareRevision",
  hardwareversion: "hardwareRevision",
  hwrev: "hardwareRevision",
  hwversion: "hardwareRevision",
};

const most = { attributes: 32, tags: 32, attributeText: 256, desiredText: 32_768, levels: 16 };
const tagPattern = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;

/** A record while its fields are read, one after the other. */
export type Draft = {
  deviceId: string;
  readonly texts: Map<TextField, string>;
  readonly tags: Set<string>;
  readonly attributes: Map<string, string | number | boolean>;
  readonly secrets: { -readonly [K in keyof ImportSecrets]: ImportSecrets[K] };
  desired: Readonly<Record<string, unknown>> | undefined;
  disabled: boolean;
  csrPem: string | undefined;
  readonly mapped: Set<string>;
  readonly unmapped: Map<string, string>;
};

export function newDraft(): Draft {
  return {
    deviceId: "",
    texts: new Map(),
    tags: new Set(),
    attributes: new Map(),
    secrets: {},
    desired: undefined,
    disabled: false,
    csrPem: undefined,
    mapped: new Set(),
    unmapped: new Map(),
  };
}

/** One line of text without what a database or a terminal would stumble over; undefined when nothing is left. */
export function lineOf(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const line = String(value)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
  return line === "" ? undefined : line;
}

/** An object that is no list; undefined for everything else. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}

/** Notes that a field is not taken over, and why. */
export function leave(draft: Draft, from: string, why: string): void {
  if (!draft.unmapped.has(from)) draft.unmapped.set(from, why);
}

/** The nearest text that is a device id; empty when nothing is left of it. */
function fitId(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9._:-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 128)
    .replace(/-+$/, "");
}

/** Takes the id, changed where device ids here do not have its characters; the name keeps the original. */
export function takeId(draft: Draft, from: string, value: unknown): void {
  const text = lineOf(value);
  if (text === undefined) return;
  takeText(draft, from, "name", text);
  draft.deviceId = deviceIdPattern.test(text) ? text : fitId(text);
  if (draft.deviceId === text) {
    draft.mapped.add(`${from} → device id`);
    return;
  }
  if (draft.deviceId === "") return;
  draft.mapped.add(`${from} → device id, made to fit`);
  leave(
    draft,
    `${from} as it is`,
    "It has characters that device ids here do not have, or is too long. They became hyphens: set the new id in the device.",
  );
}

/** Takes a text of the device's identity; the first one of a field counts. */
export function takeText(draft: Draft, from: string, field: TextField, value: unknown): void {
  const text = lineOf(value);
  if (text === undefined || draft.texts.has(field)) return;
  const { most: length, label } = textFields[field];
  draft.texts.set(field, text.slice(0, length).trim().toWellFormed());
  draft.mapped.add(`${from} → ${label}`);
  if (text.length > length) leave(draft, from, `Longer than ${length} characters: it was cut.`);
}

/** Takes a name for the device that people gave it, in place of its id. */
export function takeName(draft: Draft, from: string, value: unknown): void {
  if (lineOf(value) === undefined) return;
  draft.texts.delete("name");
  for (const line of draft.mapped) if (line.endsWith("→ name")) draft.mapped.delete(line);
  takeText(draft, from, "name", value);
}

export function takeTag(draft: Draft, from: string, value: unknown): void {
  const text = lineOf(value);
  if (text === undefined) return;
  const tag = text
    .replace(/[^A-Za-z0-9._:/-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 64);
  if (!tagPattern.test(tag)) return leave(draft, from, "It does not fit a tag.");
  if (draft.tags.size >= most.tags) {
    return leave(draft, from, `A device has at most ${most.tags} tags.`);
  }
  draft.tags.add(tag);
  draft.mapped.add(`${from} → tag`);
}

/** A serial, maker or model by its usual names; everything else becomes an attribute. */
export function takeNamedValue(draft: Draft, from: string, name: string, value: unknown): void {
  const field = synonyms[name.toLowerCase().replace(/[^a-z0-9]/g, "")];
  if (field !== undefined && !draft.texts.has(field) && lineOf(value) !== undefined) {
    return takeText(draft, from, field, value);
  }
  takeAttribute(draft, from, name, value);
}

function takeAttribute(draft: Draft, from: string, name: string, value: unknown): void {
  if (value === null || value === undefined || value === "") return;
  const fitted = name.replace(/[^A-Za-z0-9_.-]+/g, "_").replace(/^[^A-Za-z]+/, "");
  if (fitted === "" || fitted.length > 64 || isForbiddenName(fitted) || fitted === "id") {
    return leave(draft, from, "Its name does not fit an attribute.");
  }
  if (draft.attributes.has(fitted)) {
    return leave(draft, from, `Another field became the attribute ${fitted} already.`);
  }
  if (draft.attributes.size >= most.attributes) {
    return leave(draft, from, `A device has at most ${most.attributes} attributes.`);
  }
  const plain = attributeValue(value);
  if (plain === undefined) {
    return leave(
      draft,
      from,
      `An attribute is a number, yes or no, or a text of at most ${most.attributeText} characters.`,
    );
  }
  draft.attributes.set(fitted, plain);
  draft.mapped.add(`${from} → attribute ${fitted}`);
}

function attributeValue(value: unknown): string | number | boolean | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  const line = lineOf(value);
  return line === undefined || line.length > most.attributeText ? undefined : line;
}

/** Attributes of a tree, named by their path; at most four levels. */
export function takeTree(draft: Draft, from: string, tree: unknown, path = "", depth = 0): void {
  for (const [key, value] of Object.entries(objectOf(tree) ?? {})) {
    const name = path === "" ? key : `${path}.${key}`;
    const source = from === "" ? name : `${from}.${name}`;
    const nested = objectOf(value);
    if (nested === undefined) takeNamedValue(draft, source, name, value);
    else if (depth < 3) takeTree(draft, from, nested, name, depth + 1);
    else leave(draft, source, "It is nested too deeply for an attribute.");
  }
}

/** Takes what the device is to be, without what the platform noted of it ($metadata, $version). */
export function takeDesired(draft: Draft, from: string, value: unknown): void {
  const entries = Object.entries(objectOf(value) ?? {}).filter(([name]) => !name.startsWith("$"));
  if (entries.length === 0) return;
  const desired = Object.fromEntries(entries);
  if (isDeep(desired)) return leave(draft, from, `It has more than ${most.levels} levels.`);
  const text = JSON.stringify(desired);
  if (text.length > most.desiredText) return leave(draft, from, "It has more than 32 kB.");
  // The database keeps no NUL and no half of a surrogate pair in JSON.
  if (/\\u(?:0000|d[89a-f])/i.test(text)) {
    return leave(draft, from, "It has characters that cannot be stored.");
  }
  draft.desired = desired;
  draft.mapped.add(`${from} → desired state`);
}

/** Writing JSON again is recursive: a hostile nesting would end the stack. */
function isDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= most.levels && level.length > 0; depth += 1) {
    level = level.flatMap((each) =>
      typeof each === "object" && each !== null ? Object.values(each) : [],
    );
  }
  return level.length > 0;
}

/** Takes a SAS key; the same key works here in the device as it is. */
export function takeSasKey(
  draft: Draft,
  from: string,
  slot: "primary" | "secondary",
  value: unknown,
): void {
  const text = lineOf(value);
  if (text === undefined) return;
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    return leave(draft, from, "It is no base64.");
  }
  const bytes = (text.length / 4) * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
  if (bytes < sasKeyBytes.min || bytes > sasKeyBytes.max) {
    return leave(draft, from, `A key has ${sasKeyBytes.min} to ${sasKeyBytes.max} bytes.`);
  }
  draft.secrets[slot === "primary" ? "sasPrimary" : "sasSecondary"] = text;
  draft.mapped.add(`${from} → SAS key, ${slot}`);
}

/** The record as it is taken, or why it cannot be. */
export function finish(draft: Draft, missingId: string): MappedRecord {
  const notes = {
    mapped: [...draft.mapped],
    unmapped: [...draft.unmapped].map(([from, why]) => ({ from, why })),
  };
  if (draft.deviceId === "") return { problem: missingId, ...notes };
  return { row: rowOf(draft), ...notes };
}

function rowOf(draft: Draft): NonNullable<MappedRecord["row"]> {
  const { deviceId, texts, tags, attributes, secrets, desired, disabled, csrPem } = draft;
  const text = <F extends TextField>(field: F) => {
    const value = texts.get(field);
    return value === undefined ? {} : { [field]: value };
  };
  return {
    deviceId,
    name: texts.get("name") ?? deviceId,
    serial: texts.get("serial") ?? "",
    data: {
      ...text("manufacturer"),
      ...text("model"),
      ...text("hardwareRevision"),
      ...(tags.size > 0 && { tags: [...tags] }),
      ...(attributes.size > 0 && { attributes: Object.fromEntries(attributes) }),
      ...(desired !== undefined && { desired }),
      ...(disabled && { disabled }),
    },
    ...(csrPem !== undefined && { csrPem }),
    ...(Object.keys(secrets).length > 0 && { secrets }),
  };
}
