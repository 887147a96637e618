import { UsageError, type Command } from "#server/cli/command.ts";
import { profileIdOf } from "#server/cli/commands/device-create.ts";
import { bindSchema } from "#server/services/schema/bind.ts";

/** `pump@3` */
function versionOf(reference: string): { readonly schema: string; readonly version: number } {
  const [, schema, version] = /^(.+)@([0-9]{1,9})$/.exec(reference) ?? [];
  if (schema === undefined || version === undefined) {
    throw new UsageError("Name the version as SCHEMA@VERSION, for example pump@3.");
  }
  return { schema, version: Number(version) };
}

export const schemaBind: Command = {
  words: ["schema", "bind"],
  usage: "SCHEMA@VERSION --profile NAME [--stream STREAM] [--content-type TYPE]",
  summary: "Give a profile's messages a schema version, by stream and content type.",
  options: ["profile", "stream", "content-type"],
  run: async (at) => {
    const chosen = versionOf(at.word(0, "SCHEMA@VERSION"));
    const profile = at.required("profile");
    const stream = at.option("stream") ?? "";
    const contentType = at.option("content-type") ?? "";
    const { ctx } = await at.session();
    const profileId = await profileIdOf(ctx, profile);
    const bound = await bindSchema(ctx, { profileId, stream, contentType, ...chosen });
    return { json: bound, text: `${bound.profileName} uses ${bound.schema}@${bound.version}.` };
  },
};
