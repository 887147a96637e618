import { isObject } from "#server/schema/is-object.ts";
import { gapsBetween, type Gap } from "#server/schema/schema-subset.ts";

/** One difference between two versions of a schema. */
export type SchemaChange = {
  /** JSON pointer into the values; list items as `*`. */
  readonly path: string;
  readonly kind: string;
  /** In words. */
  readonly message: string;
  /**
   * backward: the newer version refuses what the older took. forward: the older refuses what the
   * newer takes.
   */
  readonly breaks: "backward" | "forward" | "both" | "none";
};

/**
 * How `newer` stands to `older`, both JSON Schemas that passed inspectSchema. Members that a schema
 * neither names nor describes are taken to be never sent, so that a field may be added. A change of
 * unit breaks both ways: every value still fits, and none means what it meant.
 */
export function compareSchemas(older: unknown, newer: unknown): readonly SchemaChange[] {
  const backward = gapsBetween(older, newer);
  const forward = gapsBetween(newer, older);
  const changes = new Map<string, SchemaChange>();
  for (const gap of backward) {
    const message = words(gap, { old: gap.sub, now: gap.sup, isStricter: true });
    changes.set(keyOf(gap), { path: gap.path, kind: gap.kind, message, breaks: "backward" });
  }
  for (const gap of forward) {
    const known = changes.get(keyOf(gap));
    const message = known?.message ?? words(gap, { old: gap.sup, now: gap.sub, isStricter: false });
    const breaks = known === undefined ? "forward" : "both";
    changes.set(keyOf(gap), { path: gap.path, kind: gap.kind, message, breaks });
  }
  const said = new Set([...changes.values()].map(({ path }) => path));
  return [...changes.values(), ...annotationChanges(older, newer, said)];
}

function keyOf({ path, kind }: Gap): string {
  return `${kind} ${path}`;
}

type Said = {
  readonly old: string;
  readonly now: string;
  /** The newer version asks for more. */
  readonly isStricter: boolean;
};

function words({ kind, path }: Gap, { old, now, isStricter }: Said): string {
  const name = lastName(path);
  const [keyword = ""] = kind.split(":");
  switch (keyword) {
    case "required":
      return isStricter
        ? `${name} is required now; messages without it were right before.`
        : `${name} need not be sent any more; the older version requires it.`;
    case "additionalProperties":
      return kind === keyword ? restWords(name, isStricter) : memberWords(name, isStricter);
    case "type":
      return `The type of ${name} changed${fromTo(old, now)}.`;
    case "enum":
      return `The values that ${name} may have changed${fromTo(old, now)}.`;
    case "false":
      return isStricter ? `${name} may not be sent any more.` : `${name} may be sent now.`;
    default:
      return `${keyword} of ${name} changed${fromTo(old, now)}.`;
  }
}

/** Of an object's members that it does not name. */
function restWords(name: string, isStricter: boolean): string {
  return isStricter
    ? `${name} takes no fields any more that it does not know.`
    : `${name} takes fields now that it does not know.`;
}

/** Of one member that only one of the versions names. */
function memberWords(name: string, isStricter: boolean): string {
  return isStricter
    ? `${name} is not known any more.`
    : `${name} is new, and the older version takes no field that it does not know.`;
}

function fromTo(old: string, now: string): string {
  return ` from ${old === "" ? "nothing" : old} to ${now === "" ? "nothing" : now}`;
}

function lastName(path: string): string {
  if (path === "") return "The message";
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name === "*") return `an item of ${lastName(path.slice(0, path.lastIndexOf("/")))}`;
  return `“${name.replaceAll("~1", "/").replaceAll("~0", "~")}”`;
}

type Properties = Readonly<Record<string, unknown>>;

function propertiesOf(schema: unknown): Properties {
  const properties = isObject(schema) ? schema["properties"] : undefined;
  return isObject(properties) ? properties : {};
}

/** What no value shows: fields that come and go without harm, and what they mean to people. */
function annotationChanges(
  older: unknown,
  newer: unknown,
  said: ReadonlySet<string>,
): readonly SchemaChange[] {
  const [before, after] = [propertiesOf(older), propertiesOf(newer)];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name): readonly SchemaChange[] => {
    const path = `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const none = (kind: string, message: string): SchemaChange[] =>
      said.has(path) ? [] : [{ path, kind, message, breaks: "none" }];
    if (!Object.hasOwn(before, name)) return none("added", `“${name}” is new.`);
    if (!Object.hasOwn(after, name)) return none("removed", `“${name}” is not described any more.`);
    return meaningChanges({ name, path }, before[name], after[name]);
  });
}

function meaningChanges(
  { name, path }: { readonly name: string; readonly path: string },
  before: unknown,
  after: unknown,
): readonly SchemaChange[] {
  const at = (schema: unknown, keyword: string): string => {
    const value = isObject(schema) ? schema[keyword] : undefined;
    if (value === true) return "yes";
    return typeof value === "string" ? value : "";
  };
  return (["unit", "category", "deprecated"] as const).flatMap((keyword): SchemaChange[] => {
    const [old, now] = [at(before, keyword), at(after, keyword)];
    if (old === now) return [];
    const isUnit = keyword === "unit" && old !== "" && now !== "";
    const message =
      keyword === "deprecated"
        ? `“${name}” is ${now === "" ? "not deprecated any more" : "deprecated"}.`
        : `The ${keyword} of “${name}” changed${fromTo(old, now)}.`;
    return [{ path, kind: keyword, message, breaks: isUnit ? "both" : "none" }];
  });
}
