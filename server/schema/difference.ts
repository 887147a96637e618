import type { ErrorObject } from "ajv/dist/types/index.js";
import { compileValidator, inWords, memberOf } from "#server/schema/compile-schema.ts";
import { isObject } from "#server/schema/is-object.ts";

/** One way in which a value does not fit its schema. */
export type DifferenceItem = {
  /** JSON pointer; of a missing or unknown member with its name. */
  readonly path: string;
  readonly kind: "missing" | "unknown" | "type" | "value";
  /** In words. */
  readonly expected: string;
  /** The type of what is there, in words; empty where there is nothing. */
  readonly found: string;
};

/** A renaming that would make a missing member of an unknown one. */
export type RenameSuggestion = {
  readonly op: "rename";
  readonly from: string;
  readonly to: string;
};

/** How a value differs from its schema. */
export type Difference = {
  readonly items: readonly DifferenceItem[];
  /** There are more than are listed. */
  readonly isCut: boolean;
  readonly suggestions: readonly RenameSuggestion[];
};

const mostItems = 50;
/** Of a field; longer ones are not compared. */
const longestName = 64;

/**
 * Everything in which a reading's values differ from a JSON Schema: members the schema does not know
 * count also where it lets them pass, if another is missing.
 * @throws SchemaUnusable
 */
export function differenceOf(value: unknown, jsonSchema: unknown): Difference {
  const validate = compileValidator(jsonSchema, { allErrors: true });
  const errors = validate(value) ? [] : (validate.errors ?? []);
  const said = errors.map((error) => itemOf(error, value));
  const missing = said.filter(({ kind, path }) => kind === "missing" && isTopLevel(path));
  const unknown = missing.length === 0 ? [] : unknownMembers(value, jsonSchema);
  const all = unique([...said, ...unknown]);
  const isMissing = ({ kind }: DifferenceItem): boolean => kind === "missing";
  // What is missing first: no number of unknown members may push it out.
  const items = [...all.filter(isMissing), ...all.filter((item) => !isMissing(item))];
  const shown = items.slice(0, mostItems);
  return {
    items: shown,
    isCut: items.length > mostItems,
    suggestions: suggestionsFor(shown, value, jsonSchema),
  };
}

function escape(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function isTopLevel(path: string): boolean {
  return path.lastIndexOf("/") === 0;
}

function nameIn(path: string): string {
  return path.slice(1).replaceAll("~1", "/").replaceAll("~0", "~");
}

function unique(items: readonly DifferenceItem[]): readonly DifferenceItem[] {
  return [...new Map(items.map((item) => [`${item.kind} ${item.path}`, item])).values()];
}

function itemOf(error: ErrorObject, value: unknown): DifferenceItem {
  const { instancePath, keyword } = error;
  const member = memberOf(error);
  const expected = inWords(error);
  if (keyword === "required" && member !== undefined) {
    return {
      path: `${instancePath}/${escape(member)}`,
      kind: "missing",
      expected: "is required",
      found: "",
    };
  }
  if (member !== undefined) {
    const path = `${instancePath}/${escape(member)}`;
    const found = typeInWords(valueAt(value, path));
    return { path, kind: "unknown", expected: "the schema does not know it", found };
  }
  const found = typeInWords(valueAt(value, instancePath));
  return { path: instancePath, kind: keyword === "type" ? "type" : "value", expected, found };
}

function unknownMembers(value: unknown, jsonSchema: unknown): readonly DifferenceItem[] {
  const known = propertiesOf(jsonSchema);
  if (!isObject(value) || known === undefined) return [];
  return Object.keys(value)
    .filter((name) => !Object.hasOwn(known, name))
    .slice(0, mostItems)
    .map((name) => ({
      path: `/${escape(name)}`,
      kind: "unknown" as const,
      expected: "the schema does not know it",
      found: typeInWords(value[name]),
    }));
}

function propertiesOf(jsonSchema: unknown): Readonly<Record<string, unknown>> | undefined {
  const properties = isObject(jsonSchema) ? jsonSchema["properties"] : undefined;
  return isObject(properties) ? properties : undefined;
}

/** @returns what stands at a JSON pointer, undefined where there is nothing */
function valueAt(value: unknown, pointer: string): unknown {
  let at = value;
  for (const step of pointer.split("/").slice(1)) {
    if (typeof at !== "object" || at === null) return undefined;
    const name = nameIn(`/${step}`);
    if (!Object.hasOwn(at, name)) return undefined;
    at = Reflect.get(at, name);
  }
  return at;
}

function typeInWords(value: unknown): string {
  if (value === undefined) return "";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object"
    ? "an object"
    : typeof value === "string"
      ? "text"
      : typeof value;
}

/** Pairs each missing member with the unknown one whose name is nearest and whose value would fit. */
function suggestionsFor(
  items: readonly DifferenceItem[],
  value: unknown,
  jsonSchema: unknown,
): readonly RenameSuggestion[] {
  const known = propertiesOf(jsonSchema) ?? {};
  const at = (kind: DifferenceItem["kind"]): string[] =>
    items
      .filter((item) => item.kind === kind && isTopLevel(item.path))
      .map(({ path }) => nameIn(path))
      .filter((name) => name.length <= longestName);
  const free = new Set(at("unknown"));
  const missing = at("missing");
  return missing.flatMap((to): RenameSuggestion[] => {
    const fitting = [...free].filter((from) => fits(valueAt(value, `/${escape(from)}`), known[to]));
    const isOnlyPair = missing.length === 1 && free.size === 1;
    const [best] = fitting
      .map((from) => ({ from, far: distance(plain(from), plain(to)) }))
      .filter(({ from, far }) => isOnlyPair || far <= Math.max(from.length, to.length) / 2)
      .toSorted((a, b) => a.far - b.far);
    if (best === undefined) return [];
    free.delete(best.from);
    return [{ op: "rename", from: best.from, to }];
  });
}

function fits(value: unknown, schema: unknown): boolean {
  const types = [isObject(schema) ? (schema["type"] ?? []) : []].flat();
  if (types.length === 0) return true;
  return types.some((type) => (type === "integer" ? "number" : type) === typeof value);
}

/** Names that differ in case and separators only are the same to a person. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substituted));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
