import type { z } from "zod";
import { CliError, type Command } from "#server/cli/command.ts";
import { readInputFile } from "#server/cli/commands/device-create.ts";
import { parseJson } from "#server/cli/commands/profile-create.ts";
import type { Context } from "#server/services/context.ts";
import { publishSchema } from "#server/services/schema/publish.ts";
import { saveDraft } from "#server/services/schema/save-draft.ts";
import type { saveDraftSchema } from "#server/services/schema/schemas.ts";
import { showSchema } from "#server/services/schema/show.ts";

/**
 * Makes a file the draft.
 * @returns the draft's revision
 */
async function replaceDraft(ctx: Context, name: string, file: string): Promise<number> {
  const definition = parseJson(file, await readInputFile(file));
  const { draft, revision } = await showSchema(ctx, { name });
  if (draft !== null) {
    throw new CliError(
      "conflict",
      `${draft.updatedBy} has a draft of ${name}.`,
      "Publish or discard it first.",
    );
  }
  // The mutation parses it; nothing is taken on trust.
  const input = { name, revision, definition } as z.input<typeof saveDraftSchema>;
  return (await saveDraft(ctx, input)).revision;
}

export const schemaPublish: Command = {
  words: ["schema", "publish"],
  usage: "NAME [--file FILE] [--notes TEXT]",
  summary: "Publish a schema's draft, or the definition in a JSON file, as its next version.",
  options: ["file", "notes"],
  run: async (at) => {
    const name = at.word(0, "NAME");
    const file = at.option("file");
    const notes = at.option("notes") ?? "";
    const { ctx } = await at.session();
    const revision =
      file === undefined
        ? (await showSchema(ctx, { name })).revision
        : await replaceDraft(ctx, name, file);
    const published = await publishSchema(ctx, { name, revision, notes });
    return {
      json: published,
      text: `${name}@${published.version} is published. Bind it to a profile for devices to use it.`,
    };
  },
};
