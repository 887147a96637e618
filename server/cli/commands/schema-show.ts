import { table, type Command } from "#server/cli/command.ts";
import { showSchemaVersion } from "#server/services/schema/show-version.ts";
import { showSchema } from "#server/services/schema/show.ts";
import type { BindingView, SchemaFieldView } from "#server/services/schema/view.ts";

function bindingRow(binding: BindingView): readonly string[] {
  const { profileName, stream, contentType, version, canary } = binding;
  return [
    profileName,
    stream === "" ? "all streams" : stream,
    contentType === "" ? "all content types" : contentType,
    `version ${version}`,
    canary === null ? "" : `on trial: ${canary.schema}@${canary.version}`,
  ];
}

function fieldRow({ name, type, unit, category, description }: SchemaFieldView): readonly string[] {
  return [name, type, unit ?? "", category, description];
}

export const schemaShow: Command = {
  words: ["schema", "show"],
  usage: "NAME [--version VERSION]",
  summary: "Show a schema's versions and where they are used, or the definition of one version.",
  options: ["version"],
  run: async (at) => {
    const name = at.word(0, "NAME");
    const version = at.option("version");
    const { ctx } = await at.session();
    if (version !== undefined) {
      const shown = await showSchemaVersion(ctx, { name, version });
      const lines = [`${name}@${shown.version}, ${shown.publishedAt}`, shown.notes];
      const fields = table(shown.fields.map(fieldRow));
      return { json: shown, text: [...lines, fields].filter((line) => line !== "").join("\n") };
    }
    const schema = await showSchema(ctx, { name });
    const versions = schema.versions.map((each) => [
      `version ${each.version}`,
      each.publishedAt,
      each.publishedBy,
      each.notes,
    ]);
    const text = [
      `${name} (${schema.format}), draft: ${schema.draft === null ? "none" : `revision ${schema.draft.revision}`}`,
      versions.length === 0 ? "Not published." : table(versions),
      schema.bindings.length === 0 ? "No profile uses it." : table(schema.bindings.map(bindingRow)),
    ];
    return { json: schema, text: text.join("\n") };
  },
};
