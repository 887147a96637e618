import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import { definitionProblems } from "#server/schema/definition-problems.ts";
import { definitionOf } from "#server/schema/prepare-schema.ts";
import { storedFields } from "#server/schema/stored-fields.ts";
import { defineQuery } from "#server/services/query.ts";
import { definitionInput } from "#server/domain/definition-input.ts";
import { compareDefinitions, toCompatibilityView } from "#server/services/schema/compare.ts";
import { findSchema, findVersion, toFieldView } from "#server/services/schema/internal.ts";
import { runExamples } from "#server/services/schema/run-examples.ts";
import { checkDefinitionSchema } from "#server/services/schema/schemas.ts";
import { draftSchema } from "#server/services/schema/trial.ts";
import type { DefinitionCheck, DefinitionProblem } from "#server/services/schema/view.ts";

/**
 * Looks at a definition while it is being written: what is wrong with it, its fields as they would
 * be stored, its examples, and how it stands to the newest version. A bad one is no error.
 * @throws ServiceError not_found for the schema
 */
export const checkDefinition = defineQuery({
  name: "schema.check",
  can: "schema.view",
  input: checkDefinitionSchema,
  run: async ({ ctx, tx, input }): Promise<DefinitionCheck> => {
    const { name, format, latestVersion } = await findSchema(tx, ctx, input.name);
    const read = readDefinition(input.definition);
    if (!read.ok) return onlyProblems(read.problems);
    const { definition } = read;
    const problems = definitionProblems(definition);
    if (problems.length > 0) return onlyProblems(problems);
    const schema = draftSchema({ name, version: (latestVersion ?? 0) + 1 }, definition);
    const check = {
      problems: [],
      fields: storedFields(definition).map(toFieldView),
      examples: runExamples(definition.examples, schema, ctx.now()),
    };
    if (latestVersion === null) return { ...check, compatibility: null };
    const latest = await findVersion(tx, ctx, { name, version: latestVersion });
    const changes = compareDefinitions(definitionOf({ ...latest, format }), definition);
    return { ...check, compatibility: toCompatibilityView(latestVersion, changes) };
  },
});

function onlyProblems(problems: readonly DefinitionProblem[]): DefinitionCheck {
  return { problems, fields: [], examples: [], compatibility: null };
}

function readDefinition(
  raw: unknown,
):
  | { readonly ok: true; readonly definition: SchemaDefinition }
  | { readonly ok: false; readonly problems: readonly DefinitionProblem[] } {
  const parsed = definitionInput.safeParse(raw);
  if (parsed.success) return { ok: true, definition: parsed.data };
  return {
    ok: false,
    problems: parsed.error.issues.map(({ path, message }) => ({
      path: path.map((step) => `/${String(step)}`).join(""),
      message,
    })),
  };
}
