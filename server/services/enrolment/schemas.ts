import { z } from "zod";
import { deviceIdTemplateProblem, templateProblem } from "#server/domain/device-template.ts";
import { enrolmentKinds } from "#server/domain/enrolment-rules.ts";
import { enrolmentRules } from "#server/domain/enrolment-rules-schema.ts";
import { deviceTags } from "#server/services/device/schemas.ts";

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `At most ${most} characters.`)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "One line of text, please.");

const name = line(100).min(1, "Give it a name.");
const notes = z.string().trim().max(2_000, "At most 2000 characters.").default("");

/** Longest text of rules that is kept: they are read at every enrolment. */
const longestRules = 1_000_000;

/** Rules as people write them: what they say must also be possible. */
const writtenRules = enrolmentRules
  .extend({ tags: deviceTags.default([]) })
  .superRefine((rules, at) => {
    const problems = {
      deviceIdTemplate: deviceIdTemplateProblem(rules.deviceIdTemplate),
      nameTemplate: templateProblem(rules.nameTemplate),
    };
    for (const [path, message] of Object.entries(problems)) {
      if (message !== undefined) at.addIssue({ code: "custom", path: [path], message });
    }
    if (JSON.stringify(rules).length > longestRules) {
      at.addIssue({ code: "custom", path: ["allow"], message: "The rules are too long." });
    }
  });

/** A group by UUID or by what devices call it. */
const groupId = z.string().trim().min(1, "Which group?").max(64, "This is no enrolment group.");

const uuid = (what: string) => z.uuid(`This is no ${what}'s id.`);

export const enrolmentGroupTarget = z.object({ groupId });
export const enrolmentGroupListSchema = z.object({});

export const createEnrolmentGroupSchema = z.object({
  name,
  kind: z.enum(enrolmentKinds, "Choose how its devices prove that they belong to it."),
  rules: writtenRules,
  notes,
});

export const changeEnrolmentRulesSchema = enrolmentGroupTarget.extend({
  /** The version that was edited: another's change in the meantime is not overwritten. */
  version: z.int().min(1),
  rules: writtenRules,
  notes,
});

export const setEnrolmentGroupStateSchema = enrolmentGroupTarget.extend({ enabled: z.boolean() });

const pem = z
  .string()
  .trim()
  .min(1, "Paste the certificate.")
  .max(32_768, "The text is longer than 32768 characters.");

export const previewEnrolmentSchema = z.object({
  /** Absent: a group that is still to be made, with `rules`. */
  groupId: groupId.optional(),
  /** Instead of the version that counts. */
  rules: writtenRules.optional(),
  certificatePem: pem.optional(),
  csrPem: z.string().trim().max(16_384, "The request is longer than 16384 characters.").optional(),
  registrationId: z.string().trim().max(200, "At most 200 characters.").optional(),
  serial: line(128).optional(),
  parameters: z.record(z.string().max(64), z.string().max(512)).optional(),
});

const hoursOfYear = 397 * 24;
const maxUses = z
  .int()
  .min(1, "At least 1 use.")
  .max(10_000_000, "At most 10 000 000 uses.")
  .nullable()
  .default(null);
const expectedSerials = z
  .array(line(128).min(1, "A serial is not empty."))
  .max(100_000, "At most 100 000 serials.")
  .default([]);

export const createClaimCertificateSchema = enrolmentGroupTarget.extend({
  name,
  days: z.int().min(1, "At least 1 day.").max(397, "At most 397 days."),
  maxUses,
  expectedSerials,
});

export const createEnrolmentSecretSchema = enrolmentGroupTarget.extend({
  name,
  hours: z.int().min(1, "At least 1 hour.").max(hoursOfYear, `At most ${hoursOfYear} hours.`),
  maxUses,
  expectedSerials,
});

export const revokeEnrolmentCredentialSchema = enrolmentGroupTarget.extend({
  credentialId: uuid("credential"),
});

export const rotateGroupKeySchema = enrolmentGroupTarget.extend({
  slot: z.enum(["primary", "secondary", "webhook"], "Choose primary, secondary or webhook."),
});

export const registerCustomerCaSchema = enrolmentGroupTarget.extend({ name, pem });

export const customerCaTarget = z.object({ authorityId: uuid("CA") });

export const proveCustomerCaSchema = customerCaTarget.extend({ certificatePem: pem });

export const setCustomerCaStateSchema = customerCaTarget.extend({
  state: z.enum(["active", "disabled"], "Choose active or disabled."),
});

export const listEnrolmentRequestsSchema = z.object({
  groupId: groupId.optional(),
  state: z.enum(["pending", "approved", "enrolled", "refused"], "This is no state.").optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200, "At most 200.").default(50),
});

export const enrolmentRequestTarget = z.object({ requestId: uuid("request") });

export const refuseEnrolmentSchema = enrolmentRequestTarget.extend({
  reason: z.string().trim().min(1, "Say why.").max(500, "A reason has at most 500 characters."),
});
