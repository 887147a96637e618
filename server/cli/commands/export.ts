import { setTimeout as sleep } from "node:timers/promises";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import {
  CliError,
  table,
  UsageError,
  type Answer,
  type Command,
  type Invocation,
} from "#server/cli/command.ts";
import { selectionOf, selectionOptions, selectionUsage } from "#server/cli/selection.ts";
import {
  exportFormats,
  type ExportFormat,
  type ExportRequestInput,
} from "#server/domain/export-request.ts";
import { telemetryLevels } from "#server/domain/telemetry-query.ts";
import type { Context } from "#server/services/context.ts";
import { cancelExport } from "#server/services/export/cancel.ts";
import { createExport } from "#server/services/export/create.ts";
import { downloadExport } from "#server/services/export/download.ts";
import { listExports } from "#server/services/export/list.ts";
import { bytesOf, openExportFile } from "#server/services/export/open-file.ts";
import { showExport } from "#server/services/export/show.ts";
import type { ExportView } from "#server/services/export/view.ts";

const pollMs = 500;
/** Exports may be personal: nobody else on the machine reads the file. */
const fileMode = 0o600;
const commonOptions = ["format", "name", "keep-days", "file"] as const;
const commonUsage = "[--format csv|ndjson|parquet] [--name NAME] [--keep-days N] [--file FILE]";

function answerOf(view: ExportView): Answer {
  const { id, name, state, done, total, rows, bytes, error } = view;
  const lines = [
    `Export ${id} “${name}” is ${state}: ${done} of ${total} devices, ${rows} rows, ${bytes} bytes.`,
    ...(error === "" ? [] : [error]),
  ];
  return { json: view, text: lines.join("\n"), failed: state === "failed" };
}

function formatOf(at: Invocation): ExportFormat {
  const text = at.option("format") ?? "csv";
  const format = exportFormats.find((each) => each === text);
  if (format === undefined) throw new UsageError(`--format is one of ${exportFormats.join(", ")}.`);
  return format;
}

/** Begins it; with --file waits for it and writes it there. */
async function begin(at: Invocation, ctx: Context, request: ExportRequestInput): Promise<Answer> {
  const file = at.option("file");
  const view = await createExport(ctx, {
    name: at.option("name") ?? "",
    format: formatOf(at),
    request,
    keepDays: at.number("keep-days", 7, 1),
  });
  if (file === undefined) return answerOf(view);
  const ended = await waitFor(at, ctx, view);
  if (ended.state !== "done") return { ...answerOf(ended), failed: true };
  return fetchInto(at, ctx, { exportId: view.id, file });
}

/** Until it has ended, or whoever waits has had enough; it goes on then. */
async function waitFor(at: Invocation, ctx: Context, first: ExportView): Promise<ExportView> {
  let view = first;
  let said = "";
  while ((view.state === "queued" || view.state === "running") && !at.signal.aborted) {
    await sleep(pollMs, undefined, { signal: at.signal }).catch(() => undefined);
    view = await showExport(ctx, { exportId: first.id });
    const line = `${view.done} of ${view.total} devices, ${view.rows} rows`;
    if (line !== said) at.say(line);
    said = line;
  }
  return view;
}

async function fetchInto(
  at: Invocation,
  ctx: Context,
  { exportId, file }: { readonly exportId: string; readonly file: string },
): Promise<Answer> {
  const found = await downloadExport(ctx, { exportId });
  const source = await openExportFile(at.env.DATA_DIR, found);
  const target = await open(file, "wx", fileMode).catch(async (error: unknown) => {
    await source.close();
    const why = error instanceof Error ? error.message : String(error);
    const remedy = "Name a file that is not there.";
    throw new CliError("conflict", `${file} cannot be made: ${why}.`, remedy);
  });
  await pipeline(bytesOf(source), target.createWriteStream());
  const { bytes, sha256 } = found;
  return {
    json: { id: exportId, file, bytes, sha256 },
    text: `${file} is written, ${bytes} bytes.`,
  };
}

export const exportTelemetry: Command = {
  words: ["export", "telemetry"],
  usage: `${selectionUsage} --from INSTANT --to INSTANT [--metrics METRIC,…] [--level raw|minute|hour] ${commonUsage}`,
  summary: "Have telemetry written as a file; with --file, wait for it and put it there.",
  options: [...selectionOptions, "from", "to", "metrics", "level", ...commonOptions],
  run: async (at) => {
    const metrics = at.option("metrics");
    const level = telemetryLevels.find((each) => each === (at.option("level") ?? "raw"));
    if (level === undefined) {
      throw new UsageError(`--level is one of ${telemetryLevels.join(", ")}.`);
    }
    const [from, to] = [at.required("from"), at.required("to")];
    const { ctx } = await at.session();
    return begin(at, ctx, {
      kind: "telemetry",
      devices: await selectionOf(at, ctx),
      from,
      to,
      level,
      ...(metrics !== undefined && { metrics: metrics.split(",") }),
    });
  },
};

export const exportDevicesCommand: Command = {
  words: ["export", "devices"],
  usage: `${selectionUsage} ${commonUsage}`,
  summary: "Have devices written as a file; with --file, wait for it and put it there.",
  options: [...selectionOptions, ...commonOptions],
  run: async (at) => {
    const { ctx } = await at.session();
    return begin(at, ctx, { kind: "devices", devices: await selectionOf(at, ctx) });
  },
};

export const exportList: Command = {
  words: ["export", "list"],
  usage: "",
  summary: "List exports, the newest first.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const list = await listExports(ctx, { limit: 100 });
    const rows = list.exports.map((each) => [
      each.id,
      each.isExpired ? "expired" : each.state,
      each.format,
      `${each.rows} rows`,
      each.createdAt,
      each.name,
    ]);
    return { json: list, text: rows.length === 0 ? "There are no exports." : table(rows) };
  },
};

export const exportShow: Command = {
  words: ["export", "show"],
  usage: "EXPORT_ID",
  summary: "Show an export and how far it is.",
  options: [],
  run: async (at) => {
    const exportId = at.word(0, "EXPORT_ID");
    const { ctx } = await at.session();
    return answerOf(await showExport(ctx, { exportId }));
  },
};

export const exportFetch: Command = {
  words: ["export", "fetch"],
  usage: "EXPORT_ID --file FILE",
  summary: "Write the file of an export into a new file.",
  options: ["file"],
  run: async (at) => {
    const exportId = at.word(0, "EXPORT_ID");
    const file = at.required("file");
    const { ctx } = await at.session();
    return fetchInto(at, ctx, { exportId, file });
  },
};

export const exportCancel: Command = {
  words: ["export", "cancel"],
  usage: "EXPORT_ID",
  summary: "End an export, or delete its file before its time.",
  options: [],
  run: async (at) => {
    const exportId = at.word(0, "EXPORT_ID");
    const { ctx } = await at.session();
    return answerOf(await cancelExport(ctx, { exportId }));
  },
};
