import type { Command } from "#server/cli/command.ts";
import { readInputFile } from "#server/cli/commands/device-create.ts";
import { writeLines } from "#server/cli/write-lines.ts";
import { exportDeadLetters } from "#server/services/dead-letter/export.ts";
import { importDeadLetters } from "#server/services/dead-letter/import.ts";

export const deadLetterExport: Command = {
  words: ["dead-letter", "export"],
  usage: "--file FILE [--group GROUP] [--state open|replayed|discarded] [--device DEVICE_ID]",
  summary: "Write refused messages with their payloads into a new file, one JSON document a line.",
  options: ["file", "group", "state", "device"],
  run: async (at) => {
    const file = at.required("file");
    const given = (name: string, as = name) => {
      const value = at.option(name);
      return value === undefined ? {} : { [as]: value };
    };
    const filter = { ...given("group", "fingerprint"), ...given("state"), ...given("device") };
    const { ctx } = await at.session();
    const pages = await exportDeadLetters(ctx, filter);
    const letters = await writeLines(file, pages);
    return { json: { file, letters }, text: `${letters} messages in ${file}.` };
  },
};

export const deadLetterImport: Command = {
  words: ["dead-letter", "import"],
  usage: "--file FILE",
  summary: "Put exported messages back: all of a file or nothing of it; those that are here stay.",
  options: ["file"],
  run: async (at) => {
    const file = at.required("file");
    const ndjson = await readInputFile(file);
    const { ctx } = await at.session();
    const { imported, known } = await importDeadLetters(ctx, { ndjson });
    return {
      json: { imported, known },
      text: `${imported} messages imported, ${known} were here already.`,
    };
  },
};
