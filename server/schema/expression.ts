import { isCelError, plan, type CelInput } from "@bufbuild/cel";
import type { JsonObject } from "#server/pipeline/readings.ts";
import {
  expressionEnv,
  longestText,
  stopWords,
  type Budget,
} from "#server/schema/expression-functions.ts";
import { parseExpression } from "#server/schema/expression-tree.ts";

/** What an expression sees. */
export type ExpressionContext = {
  readonly values: JsonObject;
  /** Attributes of the device, and its id. */
  readonly device: Readonly<Record<string, unknown>>;
};

export type ExpressionResult =
  /** Null where the expression says that there is no value. */
  | { readonly ok: true; readonly value: number | boolean | string | null }
  /** A sentence; never text of the message. */
  | { readonly ok: false; readonly message: string };

export type Expression = (context: ExpressionContext) => ExpressionResult;

/** Values that an expression may be given, those within others counted. */
const mostElements = 1000;
const work = 100_000;

/**
 * Compiles a CEL expression over `values` and `device`. All numbers are doubles, also those written
 * without a point: `values.a * 2` and `values.count / 2` calculate as on paper. A value of null is
 * none: has() is false.
 * @returns a function that never throws
 * @throws SchemaUnusable when it cannot be read, is too large, or names what is not there
 */
export function compileExpression(source: string): Expression {
  const budget: Budget = { left: 0 };
  const env = expressionEnv(budget);
  const { root, names } = parseExpression(source, {
    has: (name) => env.funcs.find(name) !== undefined,
  });
  const evaluate = plan(env, root);
  return ({ values, device }) => {
    const count = { left: mostElements };
    const bindings = { values: inputOf(values, count), device: inputOf(device, count) };
    if (count.left < 0) {
      return stopped(
        `is given more than ${mostElements} values, or a text of more than ${longestText} characters`,
      );
    }
    budget.left = work;
    const result = withoutTraces(() => evaluate(bindings));
    return isCelError(result) ? stopped(whyNot(result, names)) : resultOf(result);
  };
}

/** In a loop each element can fail; collecting where in our code is most of what that costs. */
function withoutTraces<T>(run: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function stopped(words: string): ExpressionResult {
  return { ok: false, message: `The expression ${words}.` };
}

/** JSON as maps, so that no name in a message can pass for something of the evaluator's own. */
function inputOf(value: unknown, count: { left: number }): CelInput {
  count.left -= 1;
  if (count.left < 0) return null;
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "string") {
    if (value.length > longestText) count.left = -1;
    return value;
  }
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) return value.map((element: unknown) => inputOf(element, count));
  const members = new Map<string, CelInput>();
  for (const [name, member] of Object.entries(value)) {
    if (member !== null && member !== undefined) members.set(name, inputOf(member, count));
  }
  return members;
}

function resultOf(value: unknown): ExpressionResult {
  if (value === null || typeof value === "boolean") return { ok: true, value };
  if (typeof value === "number") {
    return Number.isFinite(value) ? { ok: true, value } : stopped("gives no finite number");
  }
  if (typeof value === "bigint") {
    const exact = Number(value);
    return Number.isSafeInteger(exact)
      ? { ok: true, value: exact }
      : stopped("gives a whole number that is too large to be exact");
  }
  if (typeof value !== "string") {
    return stopped("gives neither a number, nor true or false, nor a text");
  }
  return value.length <= longestText
    ? { ok: true, value }
    : stopped(`gives a text of more than ${longestText} characters`);
}

const typeWords: ReadonlyMap<string, string> = new Map([
  ["double", "a number"],
  ["int", "a whole number"],
  ["uint", "a whole number"],
  ["bool", "true or false"],
  ["string", "a text"],
  ["null_type", "no value"],
  ["list", "a list"],
  ["map", "an object"],
]);

/** The evaluator's error in words; what it says of values is left out. */
function whyNot({ message }: Error, names: ReadonlySet<string>): string {
  if (stopWords.has(message)) return message;
  const [, name] = /^field not found: (.*)$/s.exec(message) ?? [];
  if (name !== undefined) {
    return names.has(name)
      ? `needs “${name}”, which is not there; has(…) asks for it`
      : "needs a value that is not there";
  }
  const [, operator, types] =
    /^found no matching overload for '(.+)' applied to '(.*)'$/.exec(message) ?? [];
  if (operator !== undefined && types !== undefined) {
    return `cannot use ${operatorWords(operator)} on ${typesInWords(types)}`;
  }
  if (/divide by zero|modulus by zero/.test(message)) return "divides by zero";
  if (/out of bounds/.test(message)) return "reads beyond the end of a list";
  if (/unresolved attribute/.test(message)) return "needs a value that is not there";
  if (/overflow/.test(message)) return "gives a whole number that is too large";
  return "cannot be calculated for this message";
}

/** "_*_" is CEL's name of the operator *. */
function operatorWords(operator: string): string {
  return operator.replaceAll("_", "").replace("@", "");
}

function typesInWords(types: string): string {
  const words = types
    .replaceAll(/[()]/g, "")
    .split(/[.,]\s*/)
    .map((type) => typeWords.get(type.trim()) ?? "something else");
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words.join("");
}
