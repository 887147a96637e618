import { z } from "zod";
import { dataCategories } from "#server/domain/data-category.ts";
import { longestDeadLetterFilter, maxImportBytes } from "#server/domain/dead-letter-filter.ts";
import { transformSteps } from "#server/domain/transform-steps.ts";
import { deviceRef } from "#server/services/device/schemas.ts";

/** Letters that a preview reads at once. */
export const mostTried = 200;
/** Letters that may be named one by one. */
const mostNamed = 1000;
/** Longest base64 of an edited payload: 256 KiB of bytes. */
const maxPayloadCharacters = 349_528;

export const deadLetterDirections = ["inbound", "outbound"] as const;
export const deadLetterStates = ["open", "replayed", "discarded"] as const;
export const runKinds = ["dry_run", "replay", "discard"] as const;

const fingerprint = z
  .string()
  .regex(/^[0-9a-f]{32}$/, "This is no group of dead letters.")
  .describe("Names the cause that the letters have in common");
const letterId = z.uuid("This is no dead letter's id.");
const runId = z.uuid("This is no run's id.");
const cursor = z.string().max(256).optional().describe("`next` of the page before");
const limit = z.coerce.number().int().min(1).max(200, "must be at most 200").default(50);
const base64 = z
  .base64("The payload must be base64.")
  .max(maxPayloadCharacters, "A payload has at most 256 KiB.");

/** Filters of the dead letters; all of them may come from an address bar. */
export const deadLetterFilter = z.object({
  reason: z.string().trim().min(1).max(longestDeadLetterFilter.reason).optional(),
  /** The device's own id. */
  device: deviceRef.optional(),
  /** Part of a topic, a device id or an explanation. */
  text: z.string().trim().min(1).max(longestDeadLetterFilter.text).optional(),
  fingerprint: fingerprint.optional(),
  state: z.enum(deadLetterStates).optional(),
  direction: z.enum(deadLetterDirections).optional(),
});

export const deadLetterListSchema = deadLetterFilter.extend({ cursor, limit });

export const deadLetterShowSchema = z.object({ id: letterId });

export const deadLetterGroupListSchema = z.object({
  direction: z.enum(deadLetterDirections).optional(),
  state: z.enum(["open", "all"]).default("open").describe("`open` leaves out what is settled"),
  q: z
    .string()
    .trim()
    .min(1)
    .max(128)
    .optional()
    .describe("Part of an explanation, a path or a name"),
  assignee: z
    .union([z.uuid(), z.literal("none")])
    .optional()
    .describe("A person's UUID, or `none`"),
  cursor,
  limit,
});

export const deadLetterGroupShowSchema = z.object({ fingerprint });

export const tryDeadLettersSchema = z
  .object({
    fingerprint: fingerprint.optional(),
    id: letterId.optional(),
    transform: transformSteps.default([]),
    payload: base64.optional().describe("Base64; tried in place of the payload of the one letter"),
  })
  .refine(({ fingerprint: group, id }) => (group === undefined) !== (id === undefined), {
    error: "Name a group or one letter.",
  })
  .refine(({ id, payload }) => payload === undefined || id !== undefined, {
    path: ["payload"],
    error: "Only one letter at a time can be edited.",
  });

/** What a run takes: a group, or letters one by one. */
export const runSelection = z.union([
  z.strictObject({ fingerprint }),
  z.strictObject({ ids: z.array(letterId).min(1, "Choose a letter.").max(mostNamed) }),
]);
export type RunSelection = z.output<typeof runSelection>;

/** As `dead_letter_run.selection` holds it. */
export const keptSelection = z.object({
  fingerprint: fingerprint.optional(),
  ids: z.array(letterId).optional(),
  /** With a group: only letters of this device, or of the devices of this batch, by UUID. */
  devicesOf: z.uuid().optional(),
  /** Base64; takes the place of the payload of the one letter. */
  payload: z.string().optional(),
});
export type KeptSelection = z.output<typeof keptSelection>;

const reason = z.string().trim().max(500, "A reason has at most 500 characters.").default("");

export const startRunSchema = z
  .object({
    kind: z.enum(runKinds),
    selection: runSelection,
    transform: transformSteps.default([]),
    payload: base64.optional().describe("Base64; takes the place of the payload of one letter"),
    reason,
  })
  .refine(({ kind, reason: why }) => kind !== "discard" || why !== "", {
    path: ["reason"],
    error: "Say why these messages are not needed.",
  })
  .refine(
    ({ payload, selection }) =>
      payload === undefined || ("ids" in selection && selection.ids.length === 1),
    { path: ["payload"], error: "Only one letter at a time can be edited." },
  );

export const runRefSchema = z.object({ id: runId });

export const listRunsSchema = z.object({
  fingerprint: fingerprint.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const assignGroupSchema = z.object({
  fingerprint,
  assigneeId: z.uuid("Choose a person.").nullable(),
  note: z.string().trim().max(2000, "A note has at most 2000 characters.").default(""),
});

export const setRetentionSchema = z.object({
  category: z.enum(dataCategories),
  days: z.coerce.number().int("Give whole days.").min(1, "At least a day.").max(3650),
});

export const importDeadLettersSchema = z.object({
  /** One letter a line, as the export writes them. */
  ndjson: z.string().min(1, "The file is empty.").max(maxImportBytes, "At most 10 MB at once."),
});

/** A line of the export, and what an import takes. Instants are ISO 8601. */
export const deadLetterLine = z.object({
  id: letterId,
  direction: z.enum(deadLetterDirections).default("inbound"),
  state: z.enum(deadLetterStates).default("open"),
  deviceId: z.string().min(1).max(128),
  receivedAt: z.iso.datetime({ offset: true }),
  eventAt: z.iso.datetime({ offset: true }).optional(),
  transport: z.string().max(16).default("import"),
  topic: z.string().min(1).max(65_535),
  channel: z.string().max(65_535).default("telemetry"),
  qos: z.int().min(0).max(2).default(0),
  messageId: z.string().max(256).nullable().default(null),
  contentType: z.string().max(256).nullable().default(null),
  properties: z
    .strictObject({
      id: z.string().max(256).optional(),
      ts: z.number().optional(),
      seq: z.string().max(32).optional(),
      schema: z.string().max(256).optional(),
      /** Base64 of MQTT 5 properties, of outbound messages. */
      forwarded: z.string().max(131_072).optional(),
    })
    .default({}),
  firmware: z.string().max(128).nullable().default(null),
  reason: z.string().min(1).max(64),
  detail: z.string().max(4096),
  path: z.string().max(256).default(""),
  errorKind: z.string().max(128).default(""),
  category: z.enum(dataCategories).default("telemetry"),
  schema: z
    .object({ name: z.string().max(128), version: z.int().min(1) })
    .nullable()
    .default(null),
  payload: base64,
});
export type DeadLetterLine = z.output<typeof deadLetterLine>;
