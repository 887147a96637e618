import { parse } from "@bufbuild/cel";
import { RE2JS } from "re2js";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";

/** A node of a parsed expression. */
export type ExpressionNode = ReturnType<typeof parse>["expr"];
type Call = Extract<ExpressionNode["exprKind"], { case: "callExpr" }>["value"];
type Struct = Extract<ExpressionNode["exprKind"], { case: "structExpr" }>["value"];
export type Comprehension = Extract<
  ExpressionNode["exprKind"],
  { case: "comprehensionExpr" }
>["value"];
type Constant = Extract<ExpressionNode["exprKind"], { case: "constExpr" }>["value"];

/** What an expression may call; operators that the evaluator knows itself are always there. */
export type KnownFunctions = { readonly has: (name: string) => boolean };

const maxExpressionCharacters = 2048;
const mostNodes = 200;
const deepest = 64;
/** Loops one after another; one within another is not available at all. */
const mostLoops = 4;
const longestPattern = 200;

const variables = ["values", "device"];
const typeNames = new Set(["int", "uint", "double", "bool", "string", "bytes", "list", "map"]);
const ownOperators = new Set(["_[_]", "_?_:_", "_&&_", "_||_", "@not_strictly_false"]);

type Walk = {
  readonly functions: KnownFunctions;
  nodes: number;
  loops: number;
  /** Names that the expression says itself; others would come from a message. */
  readonly names: Set<string>;
};
/** Where the walk is: how deep, within a loop or not, and which names a loop has given. */
type Place = {
  readonly depth: number;
  readonly inLoop: boolean;
  readonly scope: ReadonlySet<string>;
};

/**
 * Parses an expression and checks that it costs little on any message. Whole numbers in it become
 * doubles, which all numbers of a message are, so that `values.a * 2` means what it says.
 * @returns the tree, and the names that are written in it
 * @throws SchemaUnusable in words
 */
export function parseExpression(
  source: string,
  functions: KnownFunctions,
): { readonly root: ExpressionNode; readonly names: ReadonlySet<string> } {
  if (source.length > maxExpressionCharacters) {
    throw unusable(`An expression has at most ${maxExpressionCharacters} characters.`);
  }
  const root = parseOrRefuse(source);
  const walk: Walk = { functions, nodes: 0, loops: 0, names: new Set() };
  visit(walk, root, { depth: 0, inLoop: false, scope: new Set(variables) });
  return { root, names: walk.names };
}

function unusable(message: string): SchemaUnusable {
  return new SchemaUnusable("", message);
}

function parseOrRefuse(source: string): ExpressionNode {
  try {
    return parse(source).expr;
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    const why = error instanceof Error ? error.message.replace(/^<input>:/, "") : "";
    const [, line, column, rest = why] = /^(\d+):(\d+): (.*)$/s.exec(why) ?? [];
    const where = line === undefined ? "" : ` in line ${line}, column ${column}`;
    const sentence = `The expression cannot be read${where}: ${rest.slice(0, 200)}.`;
    throw Object.assign(unusable(sentence), { cause: error });
  }
}

function tooLarge(): SchemaUnusable {
  return unusable(
    `The expression is too large: at most ${mostNodes} parts and ${deepest} levels. Divide it among several steps.`,
  );
}

function visit(walk: Walk, node: ExpressionNode | undefined, place: Place): void {
  if (node === undefined) return;
  walk.nodes += 1;
  if (walk.nodes > mostNodes || place.depth > deepest) throw tooLarge();
  visitKind(walk, node.exprKind, { ...place, depth: place.depth + 1 });
}

function visitKind(walk: Walk, kind: ExpressionNode["exprKind"], place: Place): void {
  switch (kind.case) {
    case "constExpr":
      visitConstant(walk, kind.value);
      return;
    case "identExpr":
      visitName(kind.value.name, place);
      return;
    case "selectExpr":
      walk.names.add(kind.value.field);
      visit(walk, kind.value.operand, place);
      return;
    case "callExpr":
      visitCall(walk, kind.value, place);
      return;
    case "listExpr":
      for (const element of kind.value.elements) visit(walk, element, place);
      return;
    case "structExpr":
      visitMap(walk, kind.value, place);
      return;
    case "comprehensionExpr":
      visitLoop(walk, kind.value, place);
      return;
    case undefined:
      throw unusable("The expression is empty.");
  }
}

function visitMap(walk: Walk, { messageName, entries }: Struct, place: Place): void {
  if (messageName !== "") throw unusable(`“${messageName}” cannot be made in an expression.`);
  for (const { keyKind, value } of entries) {
    // A map's keys cannot be doubles, so whole numbers stay what they are.
    const key = keyKind.case === "mapKey" ? keyKind.value : undefined;
    if (key?.exprKind.case !== "constExpr") visit(walk, key, place);
    visit(walk, value, place);
  }
}

function visitConstant(walk: Walk, constant: Constant): void {
  const { constantKind } = constant;
  if (constantKind.case === "stringValue") walk.names.add(constantKind.value);
  if (constantKind.case !== "int64Value" && constantKind.case !== "uint64Value") return;
  const value = Number(constantKind.value);
  if (!Number.isSafeInteger(value)) {
    throw unusable(`The number ${constantKind.value} is too large to be exact.`);
  }
  constant.constantKind = { case: "doubleValue", value };
}

function visitName(name: string, { scope }: Place): void {
  if (scope.has(name) || typeNames.has(name)) return;
  throw unusable(
    `The expression does not know “${name.slice(0, 64)}”. A field is values.name, an attribute of the device is device.name.`,
  );
}

function visitCall(walk: Walk, call: Call, place: Place): void {
  const { target, args } = call;
  const namespace = target?.exprKind.case === "identExpr" ? target.exprKind.value.name : "";
  const qualified = `${namespace}.${call.function}`;
  const isQualified = !place.scope.has(namespace) && walk.functions.has(qualified);
  if (!isQualified) {
    const name = namespace === "math" ? qualified : call.function;
    if (!ownOperators.has(name) && !walk.functions.has(name)) {
      throw unusable(`There is no function “${name.slice(0, 64)}”.`);
    }
    visit(walk, target, place);
  }
  if (call.function === "matches") checkPattern(args.at(-1));
  for (const arg of args) visit(walk, arg, place);
}

/** A pattern that is written here is checked here; one that a message brings is not taken. */
function checkPattern(node: ExpressionNode | undefined): void {
  const constant = node?.exprKind.case === "constExpr" ? node.exprKind.value : undefined;
  const pattern = constant?.constantKind;
  if (pattern?.case !== "stringValue" || pattern.value.length > longestPattern) {
    throw unusable(`matches() takes a pattern in quotes of at most ${longestPattern} characters.`);
  }
  try {
    RE2JS.compile(pattern.value);
  } catch (error) {
    throw Object.assign(
      unusable("The pattern cannot be used. Look-around and back-references are not available."),
      { cause: error },
    );
  }
}

function visitLoop(walk: Walk, loop: Comprehension, place: Place): void {
  if (place.inLoop) throw unusable("A loop within a loop is not available in expressions.");
  walk.loops += 1;
  if (walk.loops > mostLoops) throw unusable(`An expression has at most ${mostLoops} loops.`);
  visit(walk, loop.iterRange, place);
  visit(walk, loop.accuInit, place);
  const scope = new Set([...place.scope, loop.iterVar, loop.accuVar]);
  const within = { ...place, inLoop: true, scope };
  visit(walk, loop.loopCondition, within);
  visit(walk, loop.loopStep, within);
  visit(walk, loop.result, within);
}
