import { z } from "zod";

/** What a name looks like before the @: lower case, so that two names never differ by case alone. */
const serviceClientSlugPattern = /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/;

/** The pattern in words, for messages and forms. */
const serviceClientSlugRule =
  "Use 1 to 48 lower-case letters, digits or hyphens, beginning and ending with a letter or digit.";

/** Grants of one service client; every one costs a comparison for each subscription. */
const maxGrants = 50;
/** Passwords of one service client that count at once. */
export const maxPasswords = 5;

const oneLine = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `At most ${most} characters.`)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "One line of text, please.");

const grant = z.object({
  /** A topic filter: `qs/v1/d/+/up/#`. Never a shared one: a grant covers its shared form too. */
  filter: z
    .string()
    .min(1, "Say which topics: qs/v1/d/+/up/# for what all devices send.")
    .max(1024, "At most 1024 characters."),
  maySubscribe: z.boolean().default(false),
  mayPublish: z.boolean().default(false),
});

const grants = z.array(grant).max(maxGrants, `At most ${maxGrants} grants.`);

export const createServiceClientSchema = z.object({
  name: oneLine(100).min(1, "Say what the client is."),
  /** The part of the user name before the @; made of the name when absent. */
  slug: z.string().trim().regex(serviceClientSlugPattern, serviceClientSlugRule).optional(),
  description: oneLine(500).default(""),
  grants: grants.default([]),
});

/** A service client by UUID or by its user name. */
export const serviceClientRef = z
  .string()
  .trim()
  .min(1, "Which service client?")
  .max(128, "This is no service client's name.");

export const serviceClientTarget = z.object({ serviceClient: serviceClientRef });

export const serviceClientListSchema = z.object({});

export const updateGrantsSchema = serviceClientTarget.extend({ grants });

export const rotatePasswordSchema = serviceClientTarget.extend({
  /** Whether the passwords before it go on counting until they are revoked. */
  keepOthers: z.boolean().default(true),
});

export const revokePasswordSchema = serviceClientTarget.extend({
  passwordId: z.uuid("This is no password's id."),
});

const reason = z.string().trim().max(500, "A reason has at most 500 characters.").default("");

export const changeServiceClientSchema = serviceClientTarget.extend({ reason });
