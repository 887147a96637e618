import type { z } from "zod";
import { CliError, type Command } from "#server/cli/command.ts";
import { readInputFile } from "#server/cli/commands/device-create.ts";
import { parseJson } from "#server/cli/commands/profile-create.ts";
import type { SchemaFormat } from "#server/domain/schema-definition.ts";
import { isObject } from "#server/schema/is-object.ts";
import type { Context } from "#server/services/context.ts";
import { createSchema } from "#server/services/schema/create.ts";
import { discardDraft } from "#server/services/schema/discard-draft.ts";
import { listSchemas } from "#server/services/schema/list.ts";
import { publishSchema, type SchemaPublished } from "#server/services/schema/publish.ts";
import { saveDraft } from "#server/services/schema/save-draft.ts";
import type { saveDraftSchema } from "#server/services/schema/schemas.ts";
import { showSchema } from "#server/services/schema/show.ts";

/**
 * Makes a file the draft, of a new schema if there is none of that name.
 * @returns the draft's revision
 */
async function replaceDraft(ctx: Context, name: string, file: string): Promise<number> {
  const parsed = parseJson(file, await readInputFile(file));
  // The mutations parse it; nothing is taken on trust.
  const definition = parsed as z.input<typeof saveDraftSchema>["definition"];
  const { schemas } = await listSchemas(ctx, { q: name });
  if (!schemas.some((schema) => schema.name === name)) {
    const format = (isObject(parsed) ? parsed["format"] : undefined) as SchemaFormat;
    return (await createSchema(ctx, { name, format, definition })).revision;
  }
  const { draft, revision } = await showSchema(ctx, { name });
  if (draft !== null) {
    throw new CliError(
      "conflict",
      `${draft.updatedBy} has a draft of ${name}.`,
      "Publish or discard it first.",
    );
  }
  return (await saveDraft(ctx, { name, revision, definition })).revision;
}

/** A draft that cannot be published is taken back, so that the next attempt finds none in its way. */
async function publishFile(
  ctx: Context,
  { name, file, notes }: { readonly name: string; readonly file: string; readonly notes: string },
): Promise<SchemaPublished> {
  const revision = await replaceDraft(ctx, name, file);
  try {
    return await publishSchema(ctx, { name, revision, notes });
  } catch (error) {
    await discardDraft(ctx, { name, revision });
    throw error;
  }
}

export const schemaPublish: Command = {
  words: ["schema", "publish"],
  usage: "NAME [--file FILE] [--notes TEXT]",
  summary:
    "Publish a schema's draft, or the definition in a JSON file, as its next version; a new name makes a new schema.",
  options: ["file", "notes"],
  run: async (at) => {
    const name = at.word(0, "NAME");
    const file = at.option("file");
    const notes = at.option("notes") ?? "";
    const { ctx } = await at.session();
    const published =
      file === undefined
        ? await publishSchema(ctx, {
            name,
            revision: (await showSchema(ctx, { name })).revision,
            notes,
          })
        : await publishFile(ctx, { name, file, notes });
    return {
      json: published,
      text: `${name}@${published.version} is published. Bind it to a profile for devices to use it.`,
    };
  },
};
