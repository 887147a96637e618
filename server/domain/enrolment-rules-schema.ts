import { z } from "zod";
import { deviceAttributes } from "#server/domain/device-attributes.ts";

/** A pattern in which `*` stands for any characters; the rest is taken as it is, without regard to case. */
const pattern = z
  .string()
  .trim()
  .min(1, "A pattern is not empty.")
  .max(128, "A pattern has at most 128 characters.")
  .regex(/^[^\p{Cc}]*$/u, "A pattern is one line of text.");

const template = z
  .string()
  .trim()
  .min(1, "A template is not empty.")
  .max(200, "At most 200 characters.");

/** What becomes of a device that enrols itself: one version of a group's rules. */
export const enrolmentRules = z.strictObject({
  /** UUID of the profile that its devices get. */
  profileId: z.uuid("Choose a profile."),
  /** Of {registrationId}, {serial}, {commonName} and {parameter:NAME}. */
  deviceIdTemplate: template.default("{registrationId}"),
  nameTemplate: template.default("{registrationId}"),
  tags: z.array(z.string().trim().min(1).max(64)).max(32, "At most 32 tags.").default([]),
  attributes: deviceAttributes.default({}),
  /** May connect; what it sends is kept apart until somebody approves it. */
  quarantine: z.boolean().default(false),
  /** Each device waits for a person before it gets anything. */
  needsApproval: z.boolean().default(false),
  /** What the device is to be, told when it connects. */
  desired: z.record(z.string(), z.unknown()).nullable().default(null),
  /** Of the subject of its certificate or request; an absent part takes any. */
  subject: z
    .strictObject({ commonName: pattern.optional(), organisation: pattern.optional() })
    .default({}),
  /** Patterns of registration ids or serials; empty: any. */
  allow: z.array(pattern).max(10_000, "At most 10 000 patterns.").default([]),
  /** Patterns of registration ids or serials that are refused whatever else is said. */
  deny: z.array(pattern).max(10_000, "At most 10 000 patterns.").default([]),
  /** Devices that may come by the group; null: any number. */
  maxDevices: z.int().min(1).max(10_000_000).nullable().default(null),
  /** Asked before a device is enrolled; whatever it does not approve is refused. */
  webhook: z
    .strictObject({
      url: z.url({ protocol: /^https$/, error: "Use an https:// address." }).max(2_000),
    })
    .nullable()
    .default(null),
});
