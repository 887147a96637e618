import type { FieldType } from "#server/pipeline/profile.ts";
import {
  parseExpression,
  type Comprehension,
  type ExpressionNode,
} from "#server/schema/expression-tree.ts";

const predicates = new Set([
  "_==_",
  "_!=_",
  "_<_",
  "_<=_",
  "_>_",
  "_>=_",
  "_&&_",
  "_||_",
  "!_",
  "@in",
  "bool",
  "contains",
  "startsWith",
  "endsWith",
  "matches",
]);

/**
 * The type that an expression has by its form; number where that does not say.
 * @throws SchemaUnusable when it cannot be read
 */
export function expressionType(source: string): FieldType {
  return typeOf(parseExpression(source, { has: () => true }).root) ?? "number";
}

function typeOf({ exprKind }: ExpressionNode): FieldType | undefined {
  if (exprKind.case === "constExpr") return typeOfConstant(exprKind.value.constantKind.case);
  if (exprKind.case === "selectExpr") return exprKind.value.testOnly ? "boolean" : undefined;
  if (exprKind.case === "comprehensionExpr") return typeOfLoop(exprKind.value);
  if (exprKind.case !== "callExpr") return undefined;
  return typeOfCall(exprKind.value.function, exprKind.value.args);
}

/** all() and exists() hand on what they gathered, which begins as true or false. */
function typeOfLoop({ result, accuInit }: Comprehension): FieldType | undefined {
  const from = result?.exprKind.case === "identExpr" ? accuInit : result;
  return from === undefined ? undefined : typeOf(from);
}

function typeOfConstant(kind: string | undefined): FieldType | undefined {
  if (kind === "boolValue") return "boolean";
  return kind === "stringValue" ? "string" : undefined;
}

function typeOfCall(name: string, args: readonly ExpressionNode[]): FieldType | undefined {
  if (predicates.has(name)) return "boolean";
  if (name === "string") return "string";
  const branches = name === "_?_:_" ? args.slice(1) : name === "_+_" ? args : [];
  return branches.map(typeOf).find((type) => type !== undefined);
}
