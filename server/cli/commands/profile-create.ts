import { CliError, type Command } from "#server/cli/command.ts";
import { readInputFile } from "#server/cli/commands/device-create.ts";
import { createProfile } from "#server/services/profile/create.ts";
import type { createProfileSchema } from "#server/services/profile/schemas.ts";
import type { z } from "zod";

/** @throws CliError when the text is not JSON */
export function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError("invalid", `${file} is not JSON: ${why}.`, "Correct the file.");
  }
}

export const profileCreate: Command = {
  words: ["profile", "create"],
  usage: "--file FILE",
  summary:
    "Create a profile from a JSON file: name, description, jsonSchema, expectedContactSeconds, certificateDays.",
  options: ["file"],
  run: async (at) => {
    const file = at.required("file");
    const input = parseJson(file, await readInputFile(file));
    const { ctx } = await at.session();
    // The mutation parses it; nothing is taken on trust.
    const made = await createProfile(ctx, input as z.input<typeof createProfileSchema>);
    return { json: made, text: `Profile ${made.name} with the fields ${made.fields.join(", ")}.` };
  },
};
