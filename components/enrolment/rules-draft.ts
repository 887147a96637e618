import { enrolmentText } from "#components/strings/enrolment.ts";
import type { EnrolmentRules } from "#server/domain/enrolment-rules.ts";
import { createEnrolmentGroupSchema } from "#server/services/enrolment/schemas.ts";

/** Fields of the form as their texts. */
const textFields = [
  "profileId",
  "deviceIdTemplate",
  "nameTemplate",
  "tags",
  "attributes",
  "desired",
  "commonName",
  "organisation",
  "allow",
  "deny",
  "maxDevices",
  "webhook",
] as const;
const flagFields = ["quarantine", "needsApproval"] as const;
export type RulesField = (typeof textFields)[number] | (typeof flagFields)[number];

/** The rules of a group as their form holds them. */
export type RulesDraft = Readonly<Record<(typeof textFields)[number], string>> &
  Readonly<Record<(typeof flagFields)[number], boolean>>;

export type ReadRules =
  | { readonly ok: true; readonly rules: EnrolmentRules }
  | { readonly ok: false; readonly problems: RulesProblems };

/** One sentence for each field that does not fit. */
export type RulesProblems = Readonly<Partial<Record<RulesField, string>>>;

/** What the form shows for these rules. */
export function draftOfRules(rules: EnrolmentRules): RulesDraft {
  return {
    profileId: rules.profileId,
    deviceIdTemplate: rules.deviceIdTemplate,
    nameTemplate: rules.nameTemplate,
    tags: rules.tags.join(", "),
    attributes: Object.entries(rules.attributes)
      .map(([name, value]) => `${name} = ${String(value)}`)
      .join("\n"),
    desired: rules.desired === null ? "" : JSON.stringify(rules.desired, null, 2),
    commonName: rules.subject.commonName ?? "",
    organisation: rules.subject.organisation ?? "",
    allow: rules.allow.join("\n"),
    deny: rules.deny.join("\n"),
    maxDevices: rules.maxDevices === null ? "" : String(rules.maxDevices),
    webhook: rules.webhook?.url ?? "",
    quarantine: rules.quarantine,
    needsApproval: rules.needsApproval,
  };
}

/** The draft as a form's fields hold it; what a form does not have stays as it was. */
export function draftInForm(form: HTMLFormElement, before: RulesDraft): RulesDraft {
  const fields = new FormData(form);
  const texts = textFields.map((name): [string, string] => {
    const value = fields.get(name);
    return [name, typeof value === "string" ? value : before[name]];
  });
  const flags = flagFields.map((name): [string, boolean] => [name, fields.get(name) === "on"]);
  // The names are those of the type, each exactly once.
  return Object.fromEntries([...texts, ...flags]) as RulesDraft;
}

/** The rules that a draft says, or what in it does not fit. */
export function rulesOfDraft(draft: RulesDraft): ReadRules {
  const attributes = readAttributes(draft.attributes);
  const desired = readDesired(draft.desired);
  const maxDevices = readLimit(draft.maxDevices);
  const problems = {
    ...(attributes === undefined && { attributes: enrolmentText.attributesBad }),
    ...(desired === undefined && { desired: enrolmentText.desiredBad }),
    ...(maxDevices === undefined && { maxDevices: enrolmentText.maxDevicesBad }),
  };
  const url = draft.webhook.trim();
  const read = createEnrolmentGroupSchema.shape.rules.safeParse({
    profileId: draft.profileId,
    deviceIdTemplate: draft.deviceIdTemplate,
    nameTemplate: draft.nameTemplate,
    tags: partsOf(draft.tags, /[,\n]/),
    attributes: attributes ?? {},
    quarantine: draft.quarantine,
    needsApproval: draft.needsApproval,
    desired: desired ?? null,
    subject: subjectOf(draft),
    allow: partsOf(draft.allow, /\n/),
    deny: partsOf(draft.deny, /\n/),
    maxDevices: maxDevices ?? null,
    webhook: url === "" ? null : { url },
  });
  const found = { ...problemsOf(read.error?.issues ?? []), ...problems };
  return read.success && Object.keys(found).length === 0
    ? { ok: true, rules: read.data }
    : { ok: false, problems: found };
}

/** What a service says of the rules' fields (`rules.allow.3`), as problems of the form. */
export function problemsOfFields(
  fields: readonly { readonly path: string; readonly message: string }[],
): RulesProblems {
  return problemsOf(
    fields
      .filter(({ path }) => path.startsWith("rules."))
      .map(({ path, message }) => ({ path: path.split(".").slice(1), message })),
  );
}

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

function problemsOf(issues: readonly Issue[]): RulesProblems {
  const found: Partial<Record<RulesField, string>> = {};
  for (const { path, message } of issues) {
    const field = fieldOf(path);
    if (field === undefined || found[field] !== undefined) continue;
    const row = Number(path[1]);
    const isLine = field === "allow" || field === "deny";
    found[field] = isLine && Number.isInteger(row) ? enrolmentText.line(row + 1, message) : message;
  }
  return found;
}

function fieldOf(path: readonly PropertyKey[]): RulesField | undefined {
  const name = path[0] === "subject" ? path[1] : path[0];
  return [...textFields, ...flagFields].find((field) => field === name);
}

/** The parts of a text without what is empty or comes twice. */
function partsOf(text: string, separator: RegExp): string[] {
  const parts = text.split(separator).map((part) => part.trim());
  return [...new Set(parts.filter((part) => part !== ""))];
}

function subjectOf(draft: RulesDraft): { commonName?: string; organisation?: string } {
  const commonName = draft.commonName.trim();
  const organisation = draft.organisation.trim();
  return {
    ...(commonName !== "" && { commonName }),
    ...(organisation !== "" && { organisation }),
  };
}

/** Lines of `name = value`; undefined when a line is none. */
function readAttributes(text: string): Record<string, string | number | boolean> | undefined {
  const attributes: [string, string | number | boolean][] = [];
  for (const line of partsOf(text, /\n/)) {
    const parts = /^([^=]+)=(.*)$/.exec(line);
    const [name, value] = [parts?.[1]?.trim(), parts?.[2]?.trim()];
    if (name === undefined || value === undefined || value === "") return undefined;
    attributes.push([name, scalarOf(value)]);
  }
  return Object.fromEntries(attributes);
}

function scalarOf(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  const isNumber = /^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?$/.test(text);
  return isNumber ? Number(text) : text;
}

/** A JSON object, null for an empty text; undefined when it is neither. */
function readDesired(text: string): Record<string, unknown> | null | undefined {
  if (text.trim() === "") return null;
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** A whole number, null for an empty text; undefined when it is neither. */
function readLimit(text: string): number | null | undefined {
  const plain = text.trim();
  if (plain === "") return null;
  return /^[0-9]{1,9}$/.test(plain) ? Number(plain) : undefined;
}
