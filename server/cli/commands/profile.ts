import type { z } from "zod";
import { CliError, table, UsageError, type Command } from "#server/cli/command.ts";
import { readInputFile } from "#server/cli/commands/device-create.ts";
import { parseJson } from "#server/cli/commands/profile-create.ts";
import type { Context } from "#server/services/context.ts";
import { approveSpecification } from "#server/services/profile/approve-specification.ts";
import { changeProfile } from "#server/services/profile/change.ts";
import { draftProfile } from "#server/services/profile/draft.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import type { changeProfileSchema } from "#server/services/profile/schemas.ts";
import { showProfile, type ProfileView } from "#server/services/profile/show.ts";
import { profileTraffic } from "#server/services/profile/traffic.ts";

/** @throws CliError not_found */
async function profileNamed(ctx: Context, name: string): Promise<string> {
  const profiles = await listProfiles(ctx, {});
  const found = profiles.find((profile) => profile.name === name || profile.id === name);
  if (found !== undefined) return found.id;
  throw new CliError(
    "not_found",
    `There is no profile ${JSON.stringify(name)}.`,
    "See `profile list`.",
  );
}

function textOf(profile: ProfileView): string {
  const { specification: said, bindings } = profile;
  const approved =
    said === null
      ? "none"
      : said.approvedBy === null
        ? "not approved"
        : `approved by ${said.approvedBy}`;
  return table([
    ["profile", profile.name],
    ["connectivity", profile.connectivity],
    ["expected contact", `${profile.expectedContactSeconds} s`],
    ["certificates", `${profile.certificateDays} days`],
    ["specification", approved],
    ["schemas", bindings.map((each) => `${each.schemaName}@${each.schemaVersion}`).join(", ")],
    ["commands", profile.commands.map(({ name }) => name).join(", ")],
    ["devices", `${profile.devices.total}, ${profile.devices.quarantined} in quarantine`],
    ["revision", String(profile.revision)],
  ]);
}

export const profileList: Command = {
  words: ["profile", "list"],
  usage: "",
  summary: "List the profiles with the schema of their messages.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const profiles = await listProfiles(ctx, {});
    const rows = profiles.map((each) => [each.name, `${each.schemaName}@${each.schemaVersion}`]);
    return { json: profiles, text: table(rows) };
  },
};

export const profileShow: Command = {
  words: ["profile", "show"],
  usage: "NAME",
  summary: "Show all that a profile says of its devices.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const profileId = await profileNamed(ctx, at.word(0, "NAME"));
    const profile = await showProfile(ctx, { profileId });
    return { json: profile, text: textOf(profile) };
  },
};

export const profileChange: Command = {
  words: ["profile", "change"],
  usage: "NAME --file FILE [--revision REVISION]",
  summary: "Change a profile by the members of a JSON file; what is left out stays.",
  options: ["file", "revision"],
  run: async (at) => {
    const name = at.word(0, "NAME");
    const file = at.required("file");
    const change = parseJson(file, await readInputFile(file));
    if (typeof change !== "object" || change === null) {
      throw new CliError("invalid", `${file} is not a JSON object.`, "Correct the file.");
    }
    const { ctx } = await at.session();
    const profileId = await profileNamed(ctx, name);
    const known = await showProfile(ctx, { profileId });
    const revision = at.number("revision", known.revision, 1);
    // The mutation parses it; nothing is taken on trust.
    const input = { ...change, profileId, revision } as z.input<typeof changeProfileSchema>;
    const profile = await changeProfile(ctx, input);
    return { json: profile, text: textOf(profile) };
  },
};

export const profileApprove: Command = {
  words: ["profile", "approve"],
  usage: "NAME",
  summary: "Approve a profile's transport specification that somebody else wrote.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const profileId = await profileNamed(ctx, at.word(0, "NAME"));
    const { revision } = await showProfile(ctx, { profileId });
    const profile = await approveSpecification(ctx, { profileId, revision });
    return { json: profile, text: textOf(profile) };
  },
};

export const profileTrafficCommand: Command = {
  words: ["profile", "traffic"],
  usage: "NAME [--hours HOURS]",
  summary: "Compare a profile's traffic with its transport specification.",
  options: ["hours"],
  run: async (at) => {
    const { ctx } = await at.session();
    const profileId = await profileNamed(ctx, at.word(0, "NAME"));
    const answer = await profileTraffic(ctx, { profileId, hours: at.number("hours", 24, 1) });
    const rows = answer.findings.map((each) => [
      each.aspect,
      each.specified,
      each.observed,
      each.verdict,
    ]);
    return {
      json: answer,
      text: rows.length === 0 ? "There is no specification to compare with." : table(rows),
      failed: answer.findings.some(({ verdict }) => verdict === "differs"),
    };
  },
};

export const profileDraft: Command = {
  words: ["profile", "draft"],
  usage: "--device DEVICE --from description|traffic",
  summary: "Propose a profile from what a device says of itself or from its messages, as JSON.",
  options: ["device", "from"],
  run: async (at) => {
    const deviceId = at.required("device");
    const from = at.required("from");
    if (from !== "description" && from !== "traffic") {
      throw new UsageError("--from takes description or traffic.");
    }
    const { ctx } = await at.session();
    const draft = await draftProfile(ctx, { deviceId, from });
    return { json: draft, text: JSON.stringify(draft, null, 2) };
  },
};
