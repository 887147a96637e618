import {
  table,
  UsageError,
  type Answer,
  type Command,
  type Invocation,
} from "#server/cli/command.ts";
import { profileIdOf } from "#server/cli/commands/device-create.ts";
import { selectionOf, selectionOptions, selectionUsage } from "#server/cli/selection.ts";
import { writeLines } from "#server/cli/write-lines.ts";
import { bulkKinds, type BulkAction, type BulkKind } from "#server/domain/bulk-action.ts";
import { cancelBulkJob } from "#server/services/bulk/cancel.ts";
import { createBulkJob } from "#server/services/bulk/create.ts";
import { bulkImpact } from "#server/services/bulk/impact.ts";
import { listBulkJobDevices } from "#server/services/bulk/list-devices.ts";
import { listBulkJobs } from "#server/services/bulk/list.ts";
import { bulkReport } from "#server/services/bulk/report.ts";
import { showBulkJob } from "#server/services/bulk/show.ts";
import type { BulkJobView } from "#server/services/bulk/view.ts";
import type { Context } from "#server/services/context.ts";

/** Devices that failed and are printed; the report has all of them. */
const mostShown = 20;

function answerOf(job: BulkJobView): Answer {
  const { id, action, state, total, done, unchanged, failed, error } = job;
  const lines = [
    `Bulk change ${id} (${action.kind}) is ${state}.`,
    `${total} devices: ${done} changed, ${unchanged} left as they were, ${failed} failed.`,
    ...(error === "" ? [] : [error]),
  ];
  return { json: job, text: lines.join("\n"), failed: state === "failed" };
}

function kindOf(text: string): BulkKind {
  const kind = bulkKinds.find((each) => each.replaceAll("_", "-") === text);
  if (kind !== undefined) return kind;
  const all = bulkKinds.map((each) => each.replaceAll("_", "-")).join(", ");
  throw new UsageError(`ACTION is one of ${all}.`);
}

async function actionOf(at: Invocation, ctx: Context, kind: BulkKind): Promise<BulkAction> {
  switch (kind) {
    case "add_tags":
    case "remove_tags":
      return { kind, tags: at.required("tags").split(",") };
    case "set_place":
      return { kind, place: at.required("place") };
    case "set_profile":
      return { kind, profileId: await profileIdOf(ctx, at.required("profile")) };
    case "approve":
      return { kind, replay: at.option("replay") !== "no" };
    case "decommission":
      return {
        kind,
        children: at.option("children") === "decommission" ? "decommission" : "detach",
        data: at.option("data") === "erase" ? "erase" : "keep",
      };
    case "quarantine":
    case "suspend":
    case "resume":
      return { kind };
  }
}

export const bulkPreview: Command = {
  words: ["bulk", "preview"],
  usage: selectionUsage,
  summary: "Say how far changing a selection of devices would reach; nothing is changed.",
  options: [...selectionOptions],
  run: async (at) => {
    const { ctx } = await at.session();
    const impact = await bulkImpact(ctx, { selection: await selectionOf(at, ctx) });
    const { presences, profiles, reach, isTooMany: _, isEstimate: __, ...numbers } = impact;
    const members = reach.groups.filter(({ hasMembers }) => hasMembers);
    const rows = [
      ...Object.entries(numbers).map(([what, count]) => [what, String(count)]),
      ...presences.map(({ presence, devices }) => [`presence ${presence}`, String(devices)]),
      ...profiles.map(({ name, devices }) => [`profile ${name}`, String(devices)]),
      ...members.map(({ name }) => ["group", name]),
      ...reach.dashboards.map(({ name }) => ["dashboard", name ?? "somebody's private one"]),
    ];
    return { json: impact, text: table(rows) };
  },
};

export const bulkStart: Command = {
  words: ["bulk", "start"],
  usage: `ACTION ${selectionUsage} [--tags TAG,…] [--place TEXT] [--profile PROFILE] [--replay no] [--children decommission] [--data erase] [--reason TEXT] [--expected N]`,
  summary:
    "Begin a change of many devices: add-tags, remove-tags, set-place, set-profile, quarantine, approve, suspend, resume, decommission.",
  options: [
    ...selectionOptions,
    "tags",
    "place",
    "profile",
    "replay",
    "children",
    "data",
    "reason",
    "expected",
  ],
  run: async (at) => {
    const kind = kindOf(at.word(0, "ACTION"));
    const expected = at.option("expected") === undefined ? undefined : at.number("expected", 0, 0);
    const { ctx } = await at.session();
    return answerOf(
      await createBulkJob(ctx, {
        action: await actionOf(at, ctx, kind),
        selection: await selectionOf(at, ctx),
        reason: at.option("reason") ?? "",
        ...(expected !== undefined && { expected }),
      }),
    );
  },
};

export const bulkList: Command = {
  words: ["bulk", "list"],
  usage: "",
  summary: "List changes of many devices, the newest first.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const list = await listBulkJobs(ctx, { limit: 100 });
    const rows = list.jobs.map((each) => [
      each.id,
      each.state,
      each.action.kind,
      `${each.done + each.unchanged + each.failed} of ${each.total}`,
      each.createdAt,
      each.createdBy,
    ]);
    return { json: list, text: rows.length === 0 ? "There are no bulk changes." : table(rows) };
  },
};

export const bulkShow: Command = {
  words: ["bulk", "show"],
  usage: "JOB_ID",
  summary: "Show a change of many devices, how far it is, and devices that failed.",
  options: [],
  run: async (at) => {
    const jobId = at.word(0, "JOB_ID");
    const { ctx } = await at.session();
    const answer = answerOf(await showBulkJob(ctx, { jobId }));
    const { devices } = await listBulkJobDevices(ctx, {
      jobId,
      state: "failed",
      limit: mostShown,
    });
    if (devices.length === 0) return answer;
    const rows = devices.map(({ id, deviceId, detail }) => [deviceId ?? id, detail]);
    return { ...answer, text: `${answer.text}\n${table(rows)}` };
  },
};

export const bulkCancel: Command = {
  words: ["bulk", "cancel"],
  usage: "JOB_ID",
  summary: "End a change of many devices; what was changed stays changed.",
  options: [],
  run: async (at) => {
    const jobId = at.word(0, "JOB_ID");
    const { ctx } = await at.session();
    return answerOf(await cancelBulkJob(ctx, { jobId }));
  },
};

export const bulkReportCommand: Command = {
  words: ["bulk", "report"],
  usage: "JOB_ID --file FILE.csv",
  summary: "Write what became of each device of a change into a new CSV file.",
  options: ["file"],
  run: async (at) => {
    const jobId = at.word(0, "JOB_ID");
    const file = at.required("file");
    const { ctx } = await at.session();
    await writeLines(file, await bulkReport(ctx, { jobId }));
    return { json: { file }, text: `${file} is written.` };
  },
};
