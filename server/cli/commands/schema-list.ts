import { table, type Command } from "#server/cli/command.ts";
import { listSchemas } from "#server/services/schema/list.ts";

export const schemaList: Command = {
  words: ["schema", "list"],
  usage: "[--find TEXT]",
  summary: "List schemas with their newest version and how many profiles use them.",
  options: ["find"],
  run: async (at) => {
    const q = at.option("find") ?? "";
    const { ctx } = await at.session();
    const list = await listSchemas(ctx, { q });
    const rows = list.schemas.map(({ name, format, latestVersion, hasDraft, profiles }) => [
      name,
      format,
      latestVersion === null ? "not published" : `version ${latestVersion}`,
      hasDraft ? "draft" : "",
      profiles === 1 ? "1 profile" : `${profiles} profiles`,
    ]);
    return { json: list, text: rows.length === 0 ? "No schemas." : table(rows) };
  },
};
