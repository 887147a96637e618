import type { TargetDraft } from "#components/campaign/campaign-draft.ts";
import { campaignWizardText } from "#components/strings/campaign.ts";
import { mostNamedCertificates, type CampaignChoices } from "#server/domain/campaign.ts";

type Params = Readonly<Record<string, string | string[] | undefined>>;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function textOf(params: Params, name: string): string {
  const value = params[name];
  return typeof value === "string" ? value : "";
}

/**
 * What an address asks to rotate: `issuer` (fingerprint), `profile` (id), `tags`, `before`
 * (YYYY-MM-DD), `key` and `ids` (of certificates, with commas). What is none is left out.
 */
export function askedTarget(params: Params, choices: CampaignChoices): TargetDraft {
  const { value: issuer = "", name: subject = "" } =
    choices.issuers.find(({ value }) => value === textOf(params, "issuer")) ?? {};
  const profile = choices.profiles.find(({ value }) => value === textOf(params, "profile"));
  const before = textOf(params, "before");
  const key = textOf(params, "key");
  return {
    name: issuer === "" ? "" : campaignWizardText.moveTitle(commonNameOf(subject)),
    reason: issuer === "" ? "" : campaignWizardText.moveReason,
    issuer,
    profile: profile?.value ?? "",
    tags: textOf(params, "tags"),
    endsBefore: /^\d{4}-\d{2}-\d{2}$/.test(before) ? before : "",
    keyAlgorithm: choices.keyAlgorithms.includes(key) ? key : "",
    certificateIds: textOf(params, "ids")
      .split(",")
      .filter((id) => uuid.test(id))
      .slice(0, mostNamedCertificates),
  };
}

/** What people call a CA: its common name. */
export function commonNameOf(subject: string): string {
  return /CN=([^,\n]+)/.exec(subject)?.[1] ?? subject;
}
