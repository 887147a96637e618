import { table, type Command } from "#server/cli/command.ts";
import { profileIdOf } from "#server/cli/commands/device-create.ts";
import { inferSchema } from "#server/services/schema/infer.ts";

export const schemaInfer: Command = {
  words: ["schema", "infer"],
  usage: "--profile NAME [--stream STREAM] [--hours HOURS]",
  summary: "Propose a schema from what a profile's devices have sent; --json has the definition.",
  options: ["profile", "stream", "hours"],
  run: async (at) => {
    const profile = at.required("profile");
    const hours = at.number("hours", 24, 1);
    const stream = at.option("stream") ?? "";
    const { ctx } = await at.session();
    const profileId = await profileIdOf(ctx, profile);
    const inferred = await inferSchema(ctx, { profileId, stream, hours });
    const rows = inferred.evidence.map(({ field, types, seen, of, example }) => [
      field,
      types,
      `${seen} of ${of}`,
      example,
    ]);
    const text = [
      `${inferred.samples} messages looked at, ${inferred.skipped} not readable.`,
      ...(rows.length === 0 ? [] : [table(rows)]),
    ];
    return { json: inferred, text: text.join("\n") };
  },
};
