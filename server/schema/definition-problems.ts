import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import { compileExpression } from "#server/schema/expression.ts";
import { compileProtobuf } from "#server/schema/compile-protobuf.ts";
import { compileSchema } from "#server/schema/compile-schema.ts";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";
import { stepProblems } from "#server/schema/apply-steps.ts";
import { storedFields } from "#server/schema/stored-fields.ts";

/** What is wrong with a definition; `path` is a JSON pointer into it. */
export type DefinitionProblem = { readonly path: string; readonly message: string };

/**
 * What keeps a definition from being used on messages: a JSON Schema that is not safe, a .proto
 * file that cannot be read, steps and expressions that make no sense. Its examples are run
 * elsewhere.
 */
export function definitionProblems(definition: SchemaDefinition): readonly DefinitionProblem[] {
  const problems = [
    ...jsonSchemaProblems(definition),
    ...protobufProblems(definition),
    ...stepProblems(definition.processing).map(({ path, message }) => ({
      path: `/processing${path}`,
      message,
    })),
    ...dropProblems(definition),
  ];
  // Fields are made of all of these parts: only where each is sound something new can be found.
  return problems.length > 0 ? problems : unusable("/jsonSchema", () => storedFields(definition));
}

function jsonSchemaProblems({ format, jsonSchema }: SchemaDefinition) {
  if (jsonSchema !== null) return unusable("/jsonSchema", () => compileSchema(jsonSchema));
  return format === "json"
    ? [{ path: "/jsonSchema", message: "Say what messages look like: a JSON Schema." }]
    : [];
}

function protobufProblems({ format, protobuf }: SchemaDefinition) {
  if (format !== "protobuf") return [];
  if (protobuf !== null) return unusable("/protobuf", () => compileProtobuf(protobuf));
  return [{ path: "/protobuf", message: "Upload a .proto file and choose the message type." }];
}

function dropProblems({ dropWhen }: SchemaDefinition) {
  return dropWhen === "" ? [] : unusable("/dropWhen", () => compileExpression(dropWhen));
}

function unusable(part: string, work: () => unknown): readonly DefinitionProblem[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof SchemaUnusable)) throw error;
    return [{ path: `${part}${error.path}`, message: error.message }];
  }
}
