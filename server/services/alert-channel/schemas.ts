import { z } from "zod";
import { alertRules, severities } from "#server/domain/alert.ts";
import { channelKinds, type ChannelKind } from "#server/domain/alert-channel.ts";

/** A channel makes requests and mail for each evaluation. */
export const maxChannels = 20;

const name = z
  .string()
  .trim()
  .min(1, "Give the channel a name.")
  .max(100, "At most 100 characters.")
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "One line of text, please.");

const target = z
  .string()
  .trim()
  .min(1, "Say where to send it.")
  .max(500, "At most 500 characters.");

const minSeverity = z.enum(severities, "Choose info, warning or critical.");

const rules = z
  .array(z.enum(alertRules, "There is no such rule."))
  .max(alertRules.length, "Name each rule once.");

const webhookUrl = z.url({
  protocol: /^https?$/,
  error: "An address like https://hooks.example/alerts.",
});
const mailAddress = z.email("An e-mail address like alarms@example.com.");

/** Why a target does not fit its kind; undefined when it does. */
export function targetProblem(kind: ChannelKind, text: string): string | undefined {
  const result = (kind === "email" ? mailAddress : webhookUrl).safeParse(text);
  return result.success ? undefined : result.error.issues[0]?.message;
}

export const channelListSchema = z.object({});

export const createChannelSchema = z
  .object({
    name,
    kind: z.enum(channelKinds, "Choose email or webhook."),
    target,
    minSeverity: minSeverity.default("warning"),
    rules: rules.default([]),
  })
  .superRefine(({ kind, target: text }, context) => {
    const message = targetProblem(kind, text);
    if (message !== undefined) context.addIssue({ code: "custom", path: ["target"], message });
  });

export const channelTarget = z.object({ channelId: z.uuid("This is no channel's id.") });

export const changeChannelSchema = channelTarget.extend({
  name,
  target,
  minSeverity,
  rules,
  enabled: z.boolean(),
  /** That was read: whoever changes an older one meets a conflict. */
  revision: z.int("The revision that was read."),
});
