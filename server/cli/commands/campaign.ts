import { writeFile } from "node:fs/promises";
import {
  CliError,
  table,
  UsageError,
  type Answer,
  type Command,
  type Invocation,
} from "#server/cli/command.ts";
import { profileIdOf } from "#server/cli/commands/device-create.ts";
import {
  defaultPatienceDays,
  defaultPerMinute,
  type CampaignTarget,
} from "#server/domain/campaign.ts";
import { cancelCampaign } from "#server/services/campaign/cancel.ts";
import { createCampaign } from "#server/services/campaign/create.ts";
import { listCampaignDevices } from "#server/services/campaign/list-devices.ts";
import { listCampaigns } from "#server/services/campaign/list.ts";
import { pauseCampaign } from "#server/services/campaign/pause.ts";
import { previewCampaign } from "#server/services/campaign/preview.ts";
import { campaignReport } from "#server/services/campaign/report.ts";
import { resumeCampaign } from "#server/services/campaign/resume.ts";
import { showCampaign } from "#server/services/campaign/show.ts";
import { startCampaign } from "#server/services/campaign/start.ts";
import type { CampaignView } from "#server/services/campaign/view.ts";
import type { Context } from "#server/services/context.ts";

const targetOptions = ["issuer", "profile", "tags", "ends-before", "key"] as const;
const targetUsage =
  "[--issuer SHA256] [--profile PROFILE] [--tags TAG,…] [--ends-before YYYY-MM-DD] [--key ALGORITHM]";
/** Open devices that are printed; the report has all of them. */
const mostShown = 20;

async function targetOf(at: Invocation, ctx: Context): Promise<CampaignTarget> {
  const issuer = at.option("issuer");
  const profile = at.option("profile");
  const tags = at.option("tags");
  const endsBefore = at.option("ends-before");
  const key = at.option("key");
  return {
    ...(issuer !== undefined && { issuerSha256: issuer.replaceAll(":", "").toLowerCase() }),
    ...(profile !== undefined && { profileIds: [await profileIdOf(ctx, profile)] }),
    ...(tags !== undefined && { tags: tags.split(",") }),
    ...(endsBefore !== undefined && { endsBefore: dayOf(endsBefore) }),
    ...(key !== undefined && { keyAlgorithm: key }),
  };
}

function dayOf(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return `${text}T00:00:00Z`;
  throw new UsageError("--ends-before takes YYYY-MM-DD.");
}

/** `1,10,100`: percent of all devices at the end of each wave. */
function wavesOf(text: string | undefined) {
  return text?.split(",").map((part) => {
    const percent = Number(part);
    if (Number.isFinite(percent) && percent > 0) return { percent };
    throw new UsageError("--waves takes percents: 1,10,100.");
  });
}

function answerOf(campaign: CampaignView): Answer {
  const { id, name, state, counts, total, wave, waves, haltedFor, targetWords } = campaign;
  const lines = [
    `Campaign ${id} “${name}” is ${state}.`,
    `Target: ${targetWords.length === 0 ? "all devices with a certificate" : targetWords.join(", ")}.`,
  ];
  if (wave > 0) {
    lines.push(`Wave ${wave} of ${waves.length}, ${total} devices:`);
    lines.push(table(Object.entries(counts).map(([what, count]) => [what, String(count)])));
  }
  if (haltedFor !== "") lines.push(haltedFor);
  return { json: campaign, text: lines.join("\n"), failed: state === "halted" };
}

export const campaignPreviewCommand: Command = {
  words: ["campaign", "preview"],
  usage: targetUsage,
  summary: "Say what a rotation campaign with a target would meet; nothing is changed.",
  options: [...targetOptions],
  run: async (at) => {
    const { ctx } = await at.session();
    const preview = await previewCampaign(ctx, { target: await targetOf(at, ctx) });
    const { warnings, busyDevices: _, targetWords: __, firstEnd, ...numbers } = preview;
    const rows = Object.entries(numbers).map(([what, count]) => [what, String(count)]);
    if (firstEnd !== null) rows.push(["firstEnd", firstEnd]);
    return { json: preview, text: [table(rows), ...warnings].join("\n") };
  },
};

export const campaignCreate: Command = {
  words: ["campaign", "create"],
  usage: `--name NAME ${targetUsage} [--waves 1,10,100] [--per-minute N] [--patience DAYS] [--reason TEXT]`,
  summary: "Plan a rotation campaign; it asks nobody until it is started.",
  options: ["name", ...targetOptions, "waves", "per-minute", "patience", "reason"],
  run: async (at) => {
    const name = at.required("name");
    const waves = wavesOf(at.option("waves"));
    const perMinute = at.number("per-minute", defaultPerMinute, 1);
    const patienceDays = at.number("patience", defaultPatienceDays, 1);
    const { ctx } = await at.session();
    const target = await targetOf(at, ctx);
    const reason = at.option("reason") ?? "";
    return answerOf(
      await createCampaign(ctx, {
        name,
        reason,
        target,
        perMinute,
        patienceDays,
        ...(waves !== undefined && { waves }),
      }),
    );
  },
};

export const campaignList: Command = {
  words: ["campaign", "list"],
  usage: "",
  summary: "List rotation campaigns, the newest first.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const list = await listCampaigns(ctx, { limit: 100 });
    const rows = list.campaigns.map((each) => [
      each.id,
      each.state,
      `${each.counts.renewed} of ${each.total} renewed`,
      each.createdAt,
      each.name,
    ]);
    return { json: list, text: rows.length === 0 ? "There are no campaigns." : table(rows) };
  },
};

export const campaignShow: Command = {
  words: ["campaign", "show"],
  usage: "CAMPAIGN_ID",
  summary: "Show a rotation campaign, how far it is, and devices that have not renewed.",
  options: [],
  run: async (at) => {
    const campaignId = at.word(0, "CAMPAIGN_ID");
    const { ctx } = await at.session();
    const campaign = await showCampaign(ctx, { campaignId });
    const answer = answerOf(campaign);
    const { devices } = await listCampaignDevices(ctx, {
      campaignId,
      state: "asked",
      limit: mostShown,
    });
    if (devices.length === 0) return answer;
    const rows = devices.map((each) => [each.deviceId, each.problem?.problem ?? each.detail]);
    return { ...answer, text: `${answer.text}\n${table(rows)}` };
  },
};

/** A command that changes the state of a campaign. */
function change(
  word: "start" | "pause" | "cancel",
  summary: string,
  run: (ctx: Context, input: { readonly campaignId: string }) => Promise<CampaignView>,
): Command {
  return {
    words: ["campaign", word],
    usage: "CAMPAIGN_ID",
    summary,
    options: [],
    run: async (at) => {
      const campaignId = at.word(0, "CAMPAIGN_ID");
      const { ctx } = await at.session();
      return answerOf(await run(ctx, { campaignId }));
    },
  };
}

export const campaignStart = change(
  "start",
  "Start a rotation campaign: its devices are looked up and the first wave is asked.",
  startCampaign,
);

export const campaignPause = change(
  "pause",
  "Stop asking devices; those that were asked may still renew.",
  pauseCampaign,
);

export const campaignCancel = change(
  "cancel",
  "End a rotation campaign; devices that have not renewed are free for another one.",
  cancelCampaign,
);

export const campaignResume: Command = {
  words: ["campaign", "resume"],
  usage: "CAMPAIGN_ID [--retry-failed yes]",
  summary: "Let a rotation campaign go on that was paused or has halted.",
  options: ["retry-failed"],
  run: async (at) => {
    const campaignId = at.word(0, "CAMPAIGN_ID");
    const retryFailed = at.option("retry-failed") === "yes";
    const { ctx } = await at.session();
    return answerOf(await resumeCampaign(ctx, { campaignId, retryFailed }));
  },
};

export const campaignReportCommand: Command = {
  words: ["campaign", "report"],
  usage: "CAMPAIGN_ID --file FILE.csv",
  summary: "Write what became of each device of a rotation campaign into a new CSV file.",
  options: ["file"],
  run: async (at) => {
    const campaignId = at.word(0, "CAMPAIGN_ID");
    const file = at.required("file");
    const { ctx } = await at.session();
    const records = await campaignReport(ctx, { campaignId });
    await writeFile(file, records, { flag: "wx" }).catch((error: unknown) => {
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
