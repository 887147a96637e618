import { writeFile } from "node:fs/promises";
import type { z } from "zod";
import { CliError, table, UsageError, type Command } from "#server/cli/command.ts";
import { readInputFile } from "#server/cli/commands/device-create.ts";
import { parseJson } from "#server/cli/commands/profile-create.ts";
import type { ImportGap } from "#server/domain/dashboard-file.ts";
import { exportDashboard } from "#server/services/dashboard/export.ts";
import { checkDashboardImport, importDashboard } from "#server/services/dashboard/import.ts";
import { listDashboards } from "#server/services/dashboard/list.ts";
import type { importDashboardSchema } from "#server/services/dashboard/schemas.ts";

function gapLines(gaps: readonly ImportGap[]): readonly string[] {
  return gaps.map(
    ({ where, title, kind, name }) =>
      `The ${where} “${title}” names the ${kind} “${name}”, which is not here.`,
  );
}

export const dashboardList: Command = {
  words: ["dashboard", "list"],
  usage: "",
  summary: "List the dashboards that are shared; what is private to a person is not shown.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const list = await listDashboards(ctx, { limit: 500 });
    const rows = list.dashboards.map((each) => [
      each.id,
      each.sharing,
      `${each.widgets} widgets`,
      each.changedAt,
      each.name,
    ]);
    const text = rows.length === 0 ? "No dashboard is shared." : table(rows);
    return { json: list, text };
  },
};

export const dashboardExport: Command = {
  words: ["dashboard", "export"],
  usage: "DASHBOARD_ID [--file FILE.json]",
  summary: "Write a shared dashboard as JSON, with the names of what it is about.",
  options: ["file"],
  run: async (at) => {
    const dashboardId = at.word(0, "DASHBOARD_ID");
    const file = at.option("file");
    const { ctx } = await at.session();
    const exported = await exportDashboard(ctx, { dashboardId });
    const text = `${JSON.stringify(exported, null, 2)}\n`;
    if (file === undefined) return { json: exported, text };
    await writeFile(file, text, { flag: "wx" }).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new CliError(
        "conflict",
        `${file} cannot be made: ${why}.`,
        "Name a file that is not there.",
      );
    });
    return { json: { file }, text: `${file} is written.` };
  },
};

export const dashboardImport: Command = {
  words: ["dashboard", "import"],
  usage: "--file FILE.json [--name NAME] [--check yes]",
  summary: "Make a shared dashboard of an exported file; --check yes only says what is not here.",
  options: ["file", "name", "check"],
  run: async (at) => {
    const path = at.required("file");
    const name = at.option("name");
    const check = at.option("check");
    if (check !== undefined && check !== "yes") throw new UsageError("--check takes yes.");
    const parsed = parseJson(path, await readInputFile(path));
    // The mutation parses it; nothing is taken on trust.
    const file = parsed as z.input<typeof importDashboardSchema>["file"];
    const { ctx } = await at.session();
    if (check === "yes") {
      const report = await checkDashboardImport(ctx, { file });
      const lines = gapLines(report.gaps);
      const text = lines.length === 0 ? "Everything that it names is here." : lines.join("\n");
      return { json: report, text };
    }
    const done = await importDashboard(ctx, { file, ...(name !== undefined && { name }) });
    const { id, name: called } = done.dashboard;
    const first = `The dashboard “${called}” is ${id}.`;
    return { json: done, text: [first, ...gapLines(done.report.gaps)].join("\n") };
  },
};
