import type { z } from "zod";
import { CliError, UsageError, table, type Command, type Invocation } from "#server/cli/command.ts";
import { profileIdOf, readInputFile } from "#server/cli/commands/device-create.ts";
import { enrolmentKinds, type EnrolmentKind } from "#server/domain/enrolment-rules.ts";
import { changeEnrolmentRules } from "#server/services/enrolment/change-rules.ts";
import { createEnrolmentGroup } from "#server/services/enrolment/create-group.ts";
import { listEnrolmentGroups } from "#server/services/enrolment/list-groups.ts";
import { previewEnrolment } from "#server/services/enrolment/preview.ts";
import type { createEnrolmentGroupSchema } from "#server/services/enrolment/schemas.ts";
import { setEnrolmentGroupState } from "#server/services/enrolment/set-group-state.ts";
import { showEnrolmentGroup } from "#server/services/enrolment/show-group.ts";

/** As the service parses them. */
type Rules = z.input<typeof createEnrolmentGroupSchema>["rules"];

function isKind(text: string): text is EnrolmentKind {
  return (enrolmentKinds as readonly string[]).includes(text);
}

/** Rules of a file; the service judges them. */
async function readRules(file: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readInputFile(file);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>;
    }
  } catch {
    // Said below.
  }
  throw new CliError("invalid", `${file} is no JSON object.`, "Write the rules as one object.");
}

/** A file with rules, the profile by name, or both. */
async function rulesOf(at: Invocation, ctx: Parameters<typeof profileIdOf>[0]): Promise<Rules> {
  const file = at.option("rules");
  const profile = at.option("profile");
  if (file === undefined && profile === undefined) {
    throw new UsageError("Say which rules: --rules FILE, --profile PROFILE, or both.");
  }
  const written = file === undefined ? {} : await readRules(file);
  const named = profile === undefined ? {} : { profileId: await profileIdOf(ctx, profile) };
  return { ...written, ...named } as Rules;
}

const secretLine = (name: string, value: string | null) =>
  value === null ? [] : [`${name}  ${value}`];

export const enrolmentGroupCreate: Command = {
  words: ["enrolment-group", "create"],
  usage: "--name NAME --kind KIND [--profile PROFILE] [--rules FILE] [--notes TEXT]",
  summary: "Make a group of devices that enrol themselves; its keys are shown this once.",
  options: ["name", "kind", "profile", "rules", "notes"],
  run: async (at) => {
    const name = at.required("name");
    const kind = at.required("kind");
    if (!isKind(kind)) throw new UsageError(`--kind must be one of ${enrolmentKinds.join(", ")}.`);
    const { ctx } = await at.session();
    const rules = await rulesOf(at, ctx);
    const made = await createEnrolmentGroup(ctx, {
      name,
      kind,
      rules,
      notes: at.option("notes") ?? "",
    });
    return {
      json: made,
      text: [
        `group      ${made.publicId}`,
        ...secretLine("primary  ", made.primaryKey),
        ...secretLine("secondary", made.secondaryKey),
        ...secretLine("webhook  ", made.webhookSecret),
      ].join("\n"),
    };
  },
};

export const enrolmentGroupList: Command = {
  words: ["enrolment-group", "list"],
  usage: "",
  summary: "List enrolment groups.",
  options: [],
  run: async (at) => {
    const { ctx } = await at.session();
    const groups = await listEnrolmentGroups(ctx, {});
    const rows = groups.map((group) => [
      group.publicId,
      group.name,
      group.kind,
      group.enabled ? "enabled" : "disabled",
      group.profileName,
      `${group.enrolled}${group.maxDevices === null ? "" : ` of ${group.maxDevices}`}`,
      String(group.pending),
    ]);
    const head = ["GROUP", "NAME", "KIND", "STATE", "PROFILE", "ENROLLED", "WAITING"];
    return {
      json: { groups },
      text: rows.length === 0 ? "No enrolment groups." : table([head, ...rows]),
    };
  },
};

export const enrolmentGroupShow: Command = {
  words: ["enrolment-group", "show"],
  usage: "GROUP",
  summary: "Show a group: its rules, credentials and CAs.",
  options: [],
  run: async (at) => {
    const groupId = at.word(0, "GROUP");
    const { ctx } = await at.session();
    const group = await showEnrolmentGroup(ctx, { groupId });
    const credentials = group.credentials.map((each) => [
      each.id,
      each.kind,
      each.name,
      each.revokedAt === null ? `until ${each.expiresAt}` : `revoked ${each.revokedAt}`,
      `${each.uses}${each.maxUses === null ? "" : ` of ${each.maxUses}`} used`,
    ]);
    const authorities = group.authorities.map((each) => [
      each.id,
      "CA",
      each.name,
      each.state,
      each.state === "unproven" ? `challenge ${each.challenge}` : each.subject,
    ]);
    const rows = [...credentials, ...authorities];
    return {
      json: group,
      text: [
        `${group.publicId}  ${group.name}, ${group.kind}, ${group.enabled ? "enabled" : "disabled"}, version ${group.version}`,
        JSON.stringify(group.rules, undefined, 2),
        ...(rows.length === 0 ? [] : [table(rows)]),
      ].join("\n"),
    };
  },
};

export const enrolmentGroupRules: Command = {
  words: ["enrolment-group", "rules"],
  usage: "GROUP [--rules FILE] [--profile PROFILE] [--notes TEXT]",
  summary: "Make a new version of a group's rules.",
  options: ["rules", "profile", "notes"],
  run: async (at) => {
    const groupId = at.word(0, "GROUP");
    const { ctx } = await at.session();
    const { version, rules: before } = await showEnrolmentGroup(ctx, { groupId });
    const written = await rulesOf(at, ctx);
    // Without a file the other rules stay.
    const rules = at.option("rules") === undefined ? { ...before, ...written } : written;
    const notes = at.option("notes") ?? "";
    const changed = await changeEnrolmentRules(ctx, { groupId, version, rules, notes });
    const lines = secretLine("webhook  ", changed.webhookSecret);
    return { json: changed, text: [`Version ${changed.version}.`, ...lines].join("\n") };
  },
};

function stateCommand(verb: "enable" | "disable", summary: string): Command {
  return {
    words: ["enrolment-group", verb],
    usage: "GROUP",
    summary,
    options: [],
    run: async (at) => {
      const groupId = at.word(0, "GROUP");
      const { ctx } = await at.session();
      const set = await setEnrolmentGroupState(ctx, { groupId, enabled: verb === "enable" });
      return { json: set, text: `${groupId}: ${set.enabled ? "enabled" : "disabled"}.` };
    },
  };
}

export const enrolmentGroupEnable = stateCommand("enable", "Let a group enrol devices again.");
export const enrolmentGroupDisable = stateCommand("disable", "Let a group enrol no device.");

export const enrolmentGroupPreview: Command = {
  words: ["enrolment-group", "preview"],
  usage: "GROUP [--certificate FILE] [--csr FILE] [--id REGISTRATION_ID] [--serial SERIAL]",
  summary: "Say what would become of a device; nothing is changed.",
  options: ["certificate", "csr", "id", "serial"],
  run: async (at) => {
    const groupId = at.word(0, "GROUP");
    const file = async (name: "certificate" | "csr", field: "certificatePem" | "csrPem") => {
      const value = at.option(name);
      return value === undefined ? {} : { [field]: await readInputFile(value) };
    };
    const given = (name: "id" | "serial", field: "registrationId" | "serial") => {
      const value = at.option(name);
      return value === undefined ? {} : { [field]: value };
    };
    const shown = {
      ...(await file("certificate", "certificatePem")),
      ...(await file("csr", "csrPem")),
      ...given("id", "registrationId"),
      ...given("serial", "serial"),
    };
    const { ctx } = await at.session();
    const preview = await previewEnrolment(ctx, { groupId, ...shown });
    const { device, detail = "", remedy = "" } = preview;
    const text =
      device === undefined
        ? `Refused: ${detail} ${remedy}`
        : `${preview.outcome}: ${device.deviceId} (${device.name}), profile ${device.profileName}${device.quarantine ? ", in quarantine" : ""}`;
    return { json: preview, text };
  },
};
