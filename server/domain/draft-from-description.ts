import { isDataCategory } from "#server/domain/data-category.ts";
import type { CommandSpecification } from "#server/domain/profile-parts.ts";

/** What a device's self-description (`up/description`) says that a profile can use. */
export type DescribedDevice = {
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  readonly commands: readonly CommandSpecification[];
  readonly manufacturer: string;
  readonly model: string;
  readonly hardwareRevision: string;
  /** Sentences on what could not be used. */
  readonly notes: readonly string[];
};

type Json = Readonly<Record<string, unknown>>;

const typeNames: Readonly<Record<string, string>> = {
  number: "number",
  float: "number",
  double: "number",
  integer: "integer",
  int: "integer",
  boolean: "boolean",
  bool: "boolean",
  string: "string",
  text: "string",
  enum: "string",
};
const namePattern = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
const mostMembers = 256;

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown, most = 500): string {
  return typeof value === "string" ? value.trim().slice(0, most) : "";
}

/** Members of a map by name, or of a list whose members say their name. */
function named(value: unknown): readonly (readonly [string, Json])[] {
  if (Array.isArray(value)) {
    return value.flatMap((each: unknown) => {
      if (typeof each === "string") return [[each, {}] as const];
      return isJson(each) ? [[text(each["name"], 64), each] as const] : [];
    });
  }
  if (!isJson(value)) return [];
  return Object.entries(value).map(([name, each]) => {
    if (typeof each === "string") return [name, { type: each }] as const;
    return [name, isJson(each) ? each : {}] as const;
  });
}

function typeOf(said: unknown): string | undefined {
  // Most metrics are numbers, and many devices do not say so.
  return said === undefined ? "number" : typeNames[text(said).toLowerCase()];
}

function fieldOf(said: Json): Json | undefined {
  const type = typeOf(said["type"]);
  if (type === undefined) return undefined;
  const unit = text(said["unit"], 64);
  const description = text(said["description"]);
  const { category } = said;
  return {
    type,
    ...(unit !== "" && { unit }),
    ...(description !== "" && { description }),
    ...(isDataCategory(category) && { category }),
    ...(type === "string" ? choiceOf(said) : boundsOf(said)),
  };
}

function choiceOf(said: Json): Json {
  const values: unknown = said["enum"] ?? said["values"];
  return isTexts(values) ? { enum: values } : {};
}

function boundsOf({ minimum, maximum }: Json): Json {
  return {
    ...(typeof minimum === "number" && { minimum }),
    ...(typeof maximum === "number" && { maximum }),
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= 64 &&
    value.every((each) => typeof each === "string")
  );
}

/**
 * Reads a self-description: `metrics` (also `telemetry`, `properties`) and `commands` as maps or as
 * lists with names, `hardware` with manufacturer, model and revision. What is not understood is left
 * out and said.
 */
export function draftFromDescription(description: unknown): DescribedDevice {
  const said = isJson(description) ? description : {};
  const notes: string[] = isJson(description) ? [] : ["The description is no JSON object."];
  const properties = new Map<string, Json>();
  const metrics = named(said["metrics"] ?? said["telemetry"] ?? said["properties"]);
  if (metrics.length === 0) notes.push("It names no metrics.");
  if (metrics.length > mostMembers) notes.push(`Of its metrics the first ${mostMembers} are used.`);
  for (const [name, each] of metrics.slice(0, mostMembers)) {
    const field = namePattern.test(name) ? fieldOf(each) : undefined;
    if (field === undefined)
      notes.push(`The metric ${JSON.stringify(name.slice(0, 64))} cannot be used.`);
    else properties.set(name, field);
  }
  const hardware = isJson(said["hardware"]) ? said["hardware"] : said;
  return {
    jsonSchema: { type: "object", properties: Object.fromEntries(properties) },
    commands: commandsOf(said["commands"], notes),
    manufacturer: text(hardware["manufacturer"], 120),
    model: text(hardware["model"], 120),
    hardwareRevision: text(hardware["revision"] ?? hardware["hardwareRevision"], 64),
    notes,
  };
}

function commandsOf(value: unknown, notes: string[]): readonly CommandSpecification[] {
  const commands = new Map<string, CommandSpecification>();
  for (const [name, each] of named(value).slice(0, 100)) {
    if (!namePattern.test(name)) {
      notes.push(`The command ${JSON.stringify(name.slice(0, 64))} cannot be used.`);
      continue;
    }
    const { parameters } = each;
    commands.set(name, {
      name,
      description: text(each["description"]),
      parameters: isJson(parameters) ? parameters : null,
      expirySeconds: 300,
    });
  }
  return [...commands.values()];
}
