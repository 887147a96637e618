import { compileValidator } from "#server/schema/compile-schema.ts";
import { expandSchema } from "#server/schema/expand-schema.ts";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";
import { isSame } from "#server/schema/is-same.ts";
import { mergeParts, type Node } from "#server/schema/merge-parts.ts";
import {
  describedRest,
  describesOthers,
  hasPatterns,
  isNode,
  matchesPattern,
  namesWithin,
  partsOf,
  propertiesOf,
  sentMember,
} from "#server/schema/schema-members.ts";

/** Why a value that one schema takes may be refused by another. */
export type Gap = {
  /** JSON pointer into the values; list items as `*`. */
  readonly path: string;
  /** Keyword of the refusing schema, with the member's name where it is about one. */
  readonly kind: string;
  /** What the taking schema says there, as short text; empty for nothing. */
  readonly sub: string;
  /** What the refusing schema says there. */
  readonly sup: string;
};

type Types = readonly string[];
const allTypes: Types = ["null", "boolean", "number", "string", "array", "object"];
const mostGaps = 200;

/**
 * Whether every value that `sub` takes is taken by `sup` as well. Members that `sub` neither names
 * nor describes are taken to be never sent, open though it may be: else no field could ever be
 * added. Where two keywords cannot be compared they count as a gap.
 * @returns the gaps; none when it holds
 */
export function gapsBetween(sub: unknown, sup: unknown): readonly Gap[] {
  return compare(expandSchema(sub), expandSchema(sup), "").slice(0, mostGaps);
}

function compare(sub: Node, sup: Node, path: string): readonly Gap[] {
  if (sup === true || sub === false || isSame(sub, sup)) return [];
  if (sup === false) return [{ path, kind: "false", sub: "", sup: "nothing" }];
  const schema = sub === true ? {} : sub;
  const finite = finiteValues(schema);
  if (finite !== undefined) return valueGaps(finite, sup, path);
  const gaps = [
    ...typeGaps(schema, sup, path),
    ...valueListGaps(schema, sup, path),
    ...boundGaps(schema, sup, path),
    ...textGaps(schema, sup, path),
    ...objectGaps(schema, sup, path),
    ...listGaps(schema, sup, path),
    ...combinationGaps(schema, sup, path),
  ];
  return gaps.length > 0 && isCoveredByParts(schema, sup, path) ? [] : gaps;
}

type Schema = Readonly<Record<string, unknown>>;

/** Every branch of `sub` fits, each with what holds for all of them. */
function isCoveredByParts(sub: Schema, sup: Schema, path: string): boolean {
  const keyword = sub["anyOf"] === undefined ? "oneOf" : "anyOf";
  const { [keyword]: branches, ...common } = sub;
  const nodes = nodesIn(branches);
  return (
    nodes.length > 0 &&
    nodes.every((branch) => {
      const whole = mergeParts({ ...common, allOf: [...nodesIn(sub["allOf"]), branch] });
      return compare(whole, sup, path).length === 0;
    })
  );
}

function nodesIn(list: unknown): readonly Node[] {
  return Array.isArray(list) ? list.filter((each): each is Node => isNode(each)) : [];
}

function nodeOf(value: unknown): Node {
  return isNode(value) ? value : true;
}

function short(value: unknown): string {
  const text = value === undefined ? "" : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function finiteValues(schema: Schema): readonly unknown[] | undefined {
  if (Object.hasOwn(schema, "const")) return [schema["const"]];
  return Array.isArray(schema["enum"]) ? schema["enum"] : undefined;
}

/** Values that can be listed are tried one by one. */
function valueGaps(values: readonly unknown[], sup: Schema, path: string): readonly Gap[] {
  const takes = tester(sup);
  const refused = values.filter((value) => !takes(value));
  if (refused.length === 0) return [];
  const kind = finiteValues(sup) === undefined ? "type" : "enum";
  const says = finiteValues(sup) ?? sup["type"];
  return [{ path, kind, sub: short(refused), sup: short(says) }];
}

/** Whether a schema takes a value. Lists of values are most of it, and need no compiling. */
function tester(schema: Schema): (value: unknown) => boolean {
  const listed = finiteValues(schema);
  const isList = Object.keys(schema).every((keyword) => ["enum", "const"].includes(keyword));
  if (listed !== undefined && isList) return (value) => listed.some((each) => isSame(each, value));
  try {
    const wrapped = { type: "object", properties: { value: schema } };
    const validate = compileValidator(wrapped, { allErrors: false });
    return (value) => validate({ value });
  } catch (error) {
    // With its references followed it may be larger than a schema can be.
    if (!(error instanceof SchemaUnusable)) throw error;
    return () => false;
  }
}

/** Types that a schema takes; whole numbers count as numbers. */
function typesOf(schema: Schema): Types {
  const { type } = schema;
  if (type === undefined) return allTypes;
  const names = [type].flat().filter((name) => typeof name === "string");
  return names.map((name) => (name === "integer" ? "number" : name));
}

function takesOnlyIntegers(schema: Schema): boolean {
  const names = [schema["type"] ?? "number"].flat();
  return names.includes("integer") && !names.includes("number");
}

function typeGaps(sub: Schema, sup: Schema, path: string): readonly Gap[] {
  if (sup["type"] === undefined) return [];
  const taken = new Set(typesOf(sup));
  const isWider = typesOf(sub).some((type) => !taken.has(type));
  const isFraction =
    taken.has("number") &&
    takesOnlyIntegers(sup) &&
    typesOf(sub).includes("number") &&
    !takesOnlyIntegers(sub);
  if (!isWider && !isFraction) return [];
  return [{ path, kind: "type", sub: short(sub["type"]), sup: short(sup["type"]) }];
}

function valueListGaps(sub: Schema, sup: Schema, path: string): readonly Gap[] {
  const listed = finiteValues(sup);
  return listed === undefined
    ? []
    : [{ path, kind: "enum", sub: short(sub["type"]), sup: short(listed) }];
}

type Bound = readonly [keyword: string, type: string, direction: 1 | -1];
const bounds: readonly Bound[] = [
  ["minLength", "string", 1],
  ["maxLength", "string", -1],
  ["minItems", "array", 1],
  ["maxItems", "array", -1],
  ["minProperties", "object", 1],
  ["maxProperties", "object", -1],
];

function numberAt(schema: Schema, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === "number" ? value : undefined;
}

function boundGaps(sub: Schema, sup: Schema, path: string): readonly Gap[] {
  const types = typesOf(sub);
  const gaps: Gap[] = [];
  for (const [keyword, type, direction] of bounds) {
    const wanted = numberAt(sup, keyword);
    if (wanted === undefined || !types.includes(type)) continue;
    const held = numberAt(sub, keyword) ?? (direction === 1 ? 0 : Number.POSITIVE_INFINITY);
    if ((held - wanted) * direction >= 0) continue;
    gaps.push({ path, kind: keyword, sub: short(sub[keyword]), sup: short(wanted) });
  }
  return types.includes("number") ? [...gaps, ...numberGaps(sub, sup, path)] : gaps;
}

/** The nearest bound on one side; `open` when the bound itself is left out. */
function limitOf(schema: Schema, side: "minimum" | "maximum"): Limit | undefined {
  const direction = side === "minimum" ? 1 : -1;
  const closed = numberAt(schema, side);
  const open = numberAt(schema, side === "minimum" ? "exclusiveMinimum" : "exclusiveMaximum");
  if (open === undefined) return closed === undefined ? undefined : { at: closed, open: false };
  if (closed === undefined || (open - closed) * direction >= 0) return { at: open, open: true };
  return { at: closed, open: false };
}

type Limit = { readonly at: number; readonly open: boolean };

function isWithin(held: Limit | undefined, wanted: Limit, side: "minimum" | "maximum"): boolean {
  if (held === undefined) return false;
  const inside = (held.at - wanted.at) * (side === "minimum" ? 1 : -1);
  return inside > 0 || (inside === 0 && (held.open || !wanted.open));
}

function numberGaps(sub: Schema, sup: Schema, path: string): readonly Gap[] {
  const gaps: Gap[] = [];
  for (const side of ["minimum", "maximum"] as const) {
    const wanted = limitOf(sup, side);
    if (wanted === undefined) continue;
    const held = limitOf(sub, side);
    if (!isWithin(held, wanted, side))
      gaps.push({ path, kind: side, sub: short(held?.at), sup: short(wanted.at) });
  }
  const step = numberAt(sup, "multipleOf");
  if (step !== undefined && !isMultiple(sub, step)) {
    gaps.push({ path, kind: "multipleOf", sub: short(sub["multipleOf"]), sup: short(step) });
  }
  return gaps;
}

function isMultiple(sub: Schema, step: number): boolean {
  const own = numberAt(sub, "multipleOf") ?? (takesOnlyIntegers(sub) ? 1 : undefined);
  return own !== undefined && Number.isInteger(own / step);
}

function textGaps(sub: Schema, sup: Schema, path: string): readonly Gap[] {
  if (!typesOf(sub).includes("string")) return [];
  return (["pattern", "format"] as const)
    .filter((keyword) => sup[keyword] !== undefined && sup[keyword] !== sub[keyword])
    .map((kind) => ({ path, kind, sub: short(sub[kind]), sup: short(sup[kind]) }));
}

function namesIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((name) => typeof name === "string") : [];
}

function objectGaps(sub: Schema, sup: Schema, path: string): readonly Gap[] {
  if (!typesOf(sub).includes("object")) return [];
  const held = new Set(namesIn(sub["required"]));
  const missing = namesIn(sup["required"])
    .filter((name) => !held.has(name))
    .map((name) => ({
      path: step(path, name),
      kind: `required:${name}`,
      sub: "",
      sup: "required",
    }));
  return [...missing, ...memberGaps(sub, sup, path), ...restGaps(sub, sup, path)];
}

function step(path: string, name: string): string {
  return `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Members that either schema names. */
function memberGaps(sub: Schema, sup: Schema, path: string): readonly Gap[] {
  const ofSup = propertiesOf(sup);
  const names = new Set([...namesWithin(sub), ...Object.keys(ofSup)]);
  return [...names].flatMap((name): readonly Gap[] => {
    const sent = sentMember(sub, name);
    if (sent === undefined || sent === false) return [];
    if (Object.hasOwn(ofSup, name)) return compare(sent, nodeOf(ofSup[name]), step(path, name));
    // The patterns themselves are compared as a whole.
    if (matchesPattern(sup, name)) return [];
    const rest = describedRest(sup) ?? true;
    if (rest !== false) return compare(sent, rest, step(path, name));
    return [
      { path: step(path, name), kind: `additionalProperties:${name}`, sub: "", sup: "unknown" },
    ];
  });
}

/** Members that neither schema names. */
function restGaps(sub: Schema, sup: Schema, path: string): readonly Gap[] {
  const wanted = describedRest(sup);
  if (wanted === undefined) return [];
  const held = describedRest(sub);
  const patterns = sub["patternProperties"];
  const isInParts = partsOf(sub).some(describesOthers);
  if (isInParts || (hasPatterns(sub) && !isSame(patterns, sup["patternProperties"]))) {
    const kind = "patternProperties";
    return [{ path, kind, sub: short(patterns), sup: short(sup[kind]) }];
  }
  if (held === false) return [];
  if (held === undefined || wanted === false) {
    const kind = "additionalProperties";
    return [{ path, kind, sub: short(held ?? true), sup: short(wanted) }];
  }
  return compare(held, wanted, step(path, "*"));
}

function listGaps(sub: Schema, sup: Schema, path: string): readonly Gap[] {
  if (!typesOf(sub).includes("array") || sup["items"] === undefined) return [];
  // The first items of `sub` are those of `sup` only where both list the same ones.
  const first = isSame(sub["prefixItems"], sup["prefixItems"]) ? [] : nodesIn(sub["prefixItems"]);
  return [...first, nodeOf(sub["items"])].flatMap((item) =>
    compare(item, nodeOf(sup["items"]), `${path}/*`),
  );
}

/** Keywords whose meaning is not taken apart: the same on both sides, or a gap. */
const opaque =
  "oneOf not if then else prefixItems contains minContains maxContains propertyNames patternProperties dependentSchemas dependentRequired unevaluatedItems".split(
    " ",
  );

function combinationGaps(sub: Schema, sup: Schema, path: string): readonly Gap[] {
  const gaps: Gap[] = opaque
    .filter((keyword) => sup[keyword] !== undefined && !isSame(sub[keyword], sup[keyword]))
    .map((kind) => ({ path, kind, sub: short(sub[kind]), sup: short(sup[kind]) }));
  // Without minContains one item must fit; with 0 none must.
  if (sup["contains"] !== undefined && sub["minContains"] === 0 && sup["minContains"] !== 0) {
    gaps.push({ path, kind: "minContains", sub: "0", sup: short(sup["minContains"]) });
  }
  gaps.push(...nodesIn(sup["allOf"]).flatMap((part) => compare(sub, part, path)));
  const branches = nodesIn(sup["anyOf"]);
  if (branches.length === 0 || isSame(sub["anyOf"], sup["anyOf"])) return gaps;
  if (branches.some((branch) => compare(sub, branch, path).length === 0)) return gaps;
  return [...gaps, { path, kind: "anyOf", sub: short(sub["anyOf"]), sup: short(sup["anyOf"]) }];
}
