import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Prisma } from "#server/db/generated/client.ts";
import type { SchemaDefinition, SchemaFormat } from "#server/domain/schema-definition.ts";
import { definitionProblems } from "#server/schema/definition-problems.ts";
import { ServiceError } from "#server/services/errors.ts";
import { runExamples } from "#server/services/schema/run-examples.ts";
import { draftSchema } from "#server/services/schema/trial.ts";
import type { DefinitionProblem } from "#server/services/schema/view.ts";

/** Names what a definition says: SHA-256 of its canonical JSON (RFC 8785), lower-case hex. */
export function digestOf(definition: SchemaDefinition): string {
  return createHash("sha256")
    .update(canonicalize(definition) ?? "")
    .digest("hex");
}

/**
 * What may be kept as a draft: nothing whose JSON Schema could harm when somebody compiles it.
 * @returns what else is wrong with it, which must be put right before it is published
 * @throws ServiceError invalid
 */
export function requireSavable(
  format: SchemaFormat,
  definition: SchemaDefinition,
): readonly DefinitionProblem[] {
  requireFormat(format, definition);
  const problems = definitionProblems(definition);
  const unsafe = problems.filter(
    ({ path }) => definition.jsonSchema !== null && path.startsWith("/jsonSchema"),
  );
  if (unsafe.length > 0) throw unusable(unsafe);
  return problems;
}

/**
 * What may be published: usable on messages, with examples that all end as they should.
 * @throws ServiceError invalid
 */
export function requirePublishable(
  name: { readonly name: string; readonly version: number },
  format: SchemaFormat,
  definition: SchemaDefinition,
  now: Date,
): void {
  requireFormat(format, definition);
  requireSound(definition);
  const wrong = runExamples(definition.examples, draftSchema(name, definition), now).flatMap(
    ({ ok, name: example, expect, detail }, index) =>
      ok
        ? []
        : [
            {
              path: `/examples/${index}`,
              message: `“${example}” must ${expect === "pass" ? "pass" : "be refused"}: ${detail}`,
            },
          ],
  );
  if (wrong.length === 0) return;
  throw new ServiceError("invalid", `${wrong.length} of its examples do not hold.`, {
    remedy: "Correct the schema or the examples.",
    fields: wrong,
  });
}

/** @throws ServiceError invalid for what cannot be used on messages */
export function requireSound(definition: SchemaDefinition): void {
  const problems = definitionProblems(definition);
  if (problems.length > 0) throw unusable(problems);
}

function requireFormat(format: SchemaFormat, definition: SchemaDefinition): void {
  if (definition.format === format) return;
  throw new ServiceError("invalid", `This schema is of the format ${format}, and stays so.`, {
    remedy: "Create another schema for another format.",
    fields: [{ path: "definition.format", message: `Must be ${format}.` }],
  });
}

function unusable(problems: readonly DefinitionProblem[]): ServiceError {
  const [first] = problems;
  const where = first === undefined ? "" : `${first.message} (at ${first.path})`;
  return new ServiceError("invalid", `The schema cannot be used: ${where}`, {
    remedy: "Correct the schema.",
    fields: problems.map(({ path, message }) => ({ path, message })),
  });
}

/** A definition as a column of JSON takes it. It came from JSON text. */
export function toJson(definition: SchemaDefinition): Prisma.InputJsonObject {
  return definition as Prisma.InputJsonObject;
}
