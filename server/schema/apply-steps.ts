import type { TransformStep } from "#server/domain/transform-steps.ts";
import { fieldNameProblem } from "#server/domain/field-name.ts";
import type { JsonObject } from "#server/pipeline/readings.ts";
import { compileExpression } from "#server/schema/expression.ts";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";
import { unitConverter } from "#server/schema/units.ts";

type Device = Readonly<Record<string, unknown>>;

export type StepsResult =
  | { readonly ok: true; readonly values: JsonObject }
  /** `message` is a sentence that never quotes a value. */
  | { readonly ok: false; readonly message: string; readonly field: string };

/** Changes a reading's values; what it is given stays as it is. Never throws. */
export type Steps = (values: JsonObject, device: Device) => StepsResult;

/** Something wrong with a step; `path` is a JSON pointer into the list of steps. */
export type StepProblem = { readonly path: string; readonly message: string };

/** Members by name. A map, so that no name can reach an object's machinery. */
type Members = Map<string, unknown>;
/** Changes the members; gives what went wrong, as a sentence. */
type Change = (members: Members, device: Device) => string | undefined;

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/;
const truths = new Map<unknown, boolean>([
  ["true", true],
  ["false", false],
  ["1", true],
  ["0", false],
  [1, true],
  [0, false],
]);

/**
 * Prepares steps that are applied one after another.
 * @throws SchemaUnusable for the first step that makes no sense
 */
export function compileSteps(steps: readonly TransformStep[]): Steps {
  const changes = steps.map((step, index) => ({
    field: targetOf(step),
    change: compileStep(step, `/${index}`),
  }));
  return (values, device) => {
    const members: Members = new Map(Object.entries(values));
    for (const { field, change } of changes) {
      const message = change(members, device);
      if (message !== undefined) return { ok: false, message, field };
    }
    return { ok: true, values: Object.fromEntries(members) };
  };
}

/** What keeps steps from being saved: all of it, by step. */
export function stepProblems(steps: readonly TransformStep[]): readonly StepProblem[] {
  return steps.flatMap((step, index) => {
    try {
      compileStep(step, `/${index}`);
      return [];
    } catch (error) {
      if (!(error instanceof SchemaUnusable)) throw error;
      return [{ path: error.path, message: error.message }];
    }
  });
}

/** The field that a step writes, or removes. */
function targetOf(step: TransformStep): string {
  return step.op === "rename" ? step.to : step.field;
}

/** @throws SchemaUnusable */
function compileStep(step: TransformStep, path: string): Change {
  const target = targetOf(step);
  // What a device sends under a bad name can still be renamed or removed.
  const problem = step.op === "remove" ? undefined : fieldNameProblem(target);
  if (problem !== undefined) {
    const member = step.op === "rename" ? "to" : "field";
    throw new SchemaUnusable(`${path}/${member}`, `This field ${problem}.`);
  }
  switch (step.op) {
    case "rename":
      return renaming(step.from, step.to);
    case "remove":
      return (members) => void members.delete(step.field);
    case "set":
      return (members) => void members.set(step.field, step.value);
    case "default":
      return (members) => {
        if (!hasValue(members, step.field)) members.set(step.field, step.value);
        return undefined;
      };
    case "convert":
      return converting(step, path);
    case "cast":
      return casting(step.field, step.to);
    case "compute":
      return computing(step, path);
    case "enrich":
      return (members, device) => {
        if (!Object.hasOwn(device, step.attribute)) return undefined;
        members.set(step.field, device[step.attribute]);
        return undefined;
      };
  }
}

/** Null says that there is no value, as leaving it out does. */
function hasValue(members: Members, field: string): boolean {
  const value = members.get(field);
  return value !== undefined && value !== null;
}

/** A message that has only the new name stays as it is: both firmwares may be in the field. */
function renaming(from: string, to: string): Change {
  return (members) => {
    if (from === to || !members.has(from)) return undefined;
    if (hasValue(members, from) && hasValue(members, to)) {
      return `“${from}” cannot become “${to}”: the message has both.`;
    }
    const value = hasValue(members, from) ? members.get(from) : (members.get(to) ?? null);
    members.delete(from);
    members.set(to, value);
    return undefined;
  };
}

function converting(
  { field, from, to }: Extract<TransformStep, { op: "convert" }>,
  path: string,
): Change {
  const convert = unitConverter(from, to);
  if (typeof convert === "string") throw new SchemaUnusable(path, convert);
  return (members) => {
    if (!hasValue(members, field)) return undefined;
    const value = members.get(field);
    if (typeof value !== "number") {
      return `“${field}” is not a number, so it cannot be converted from ${from} to ${to}.`;
    }
    const converted = convert(value);
    if (!Number.isFinite(converted)) return `“${field}” is too large for a number in ${to}.`;
    members.set(field, converted);
    return undefined;
  };
}

const castWords = { number: "a number", string: "a text", boolean: "true or false" } as const;

function casting(field: string, to: keyof typeof castWords): Change {
  return (members) => {
    if (!hasValue(members, field)) return undefined;
    const value = cast(members.get(field), to);
    if (value === undefined) return `“${field}” cannot be read as ${castWords[to]}.`;
    members.set(field, value);
    return undefined;
  };
}

function cast(value: unknown, to: keyof typeof castWords): unknown {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
    return undefined;
  }
  if (typeof value === to) return value;
  switch (to) {
    case "string":
      return String(value);
    case "boolean":
      return truths.get(typeof value === "string" ? value.trim().toLowerCase() : value);
    case "number":
      return typeof value === "boolean" ? Number(value) : numberOf(String(value).trim());
  }
}

function numberOf(text: string): number | undefined {
  const number = decimal.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function computing(
  { field, expression }: Extract<TransformStep, { op: "compute" }>,
  path: string,
): Change {
  const evaluate = compileAt(expression, `${path}/expression`);
  return (members, device) => {
    const result = evaluate({ values: Object.fromEntries(members), device });
    if (!result.ok) return `“${field}” cannot be computed. ${result.message}`;
    if (result.value === null) members.delete(field);
    else members.set(field, result.value);
    return undefined;
  };
}

/** @throws SchemaUnusable with the place of the expression */
function compileAt(expression: string, path: string) {
  try {
    return compileExpression(expression);
  } catch (error) {
    if (!(error instanceof SchemaUnusable)) throw error;
    throw Object.assign(new SchemaUnusable(path, error.message), { cause: error });
  }
}
