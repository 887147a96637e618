import { z } from "zod";
import { schemaFormats } from "#server/domain/schema-definition.ts";
import { deviceRef } from "#server/services/device/schemas.ts";
import { definitionInput } from "#server/domain/definition-input.ts";

/** Device ids on trial in one binding. */
const maxCanaryDevices = 200;

const newSchemaName = z
  .string()
  .trim()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._ -]{0,63}$/,
    "Use 1 to 64 letters, digits, spaces, dots, underscores or hyphens.",
  );

const schemaName = z.string().trim().min(1, "Which schema?").max(64, "This is no schema's name.");
const version = z.coerce.number().int("Whole numbers.").min(1, "Versions count from 1.");
const revision = z.coerce.number<number>().int().min(0);
const hours = z.coerce.number().int("Whole hours.").min(1).max(168, "At most 168 hours.");

/** A schema by its name. */
export const schemaTarget = z.object({ name: schemaName });

export const listSchemasSchema = z.object({
  /** Part of a name. */
  q: z.string().trim().max(64).default(""),
});

export const schemaVersionTarget = schemaTarget.extend({ version });

export const compareVersionsSchema = schemaTarget.extend({ from: version, to: version });

export const checkDefinitionSchema = schemaTarget.extend({
  /** A SchemaDefinition; what is wrong with it is the answer, not an error. */
  definition: z.unknown(),
});

export const proveDefinitionSchema = schemaTarget.extend({
  definition: definitionInput,
  hours: hours.default(24),
  /** Only messages of this profile, whether or not it uses the schema; else of all that use it. */
  profileId: z.uuid("Choose a profile.").optional(),
});

export const inferSchemaSchema = z.object({
  profileId: z.uuid("Choose a profile."),
  /** Of up/telemetry/{stream}; empty for messages without one. */
  stream: z.string().trim().max(256).default(""),
  hours: hours.default(24),
});

export const listSamplesSchema = schemaTarget.extend({
  hours: hours.default(24),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});

export const schemaDocumentSchema = schemaVersionTarget.extend({
  /** The device that the snippets speak as; else a placeholder. */
  deviceId: deviceRef.optional(),
  /** Of up/telemetry/{stream}; empty for up/telemetry itself. */
  stream: z.string().trim().max(256).default(""),
  /** Where devices reach this installation; else a placeholder. */
  endpoint: z.object({ host: z.string().min(1).max(255), tlsPort: z.int() }).optional(),
});

export const createSchemaSchema = z
  .object({
    name: newSchemaName,
    description: z.string().trim().max(500, "At most 500 characters.").default(""),
    format: z.enum(schemaFormats).default("json"),
    /** The first draft. */
    definition: definitionInput.optional(),
  })
  .refine(({ format, definition: draft }) => draft === undefined || draft.format === format, {
    path: ["definition", "format"],
    error: "The definition has another format.",
  });

/** `revision`: the draft as the caller knows it; another one means that somebody was faster. */
export const draftTarget = schemaTarget.extend({ revision });

export const saveDraftSchema = draftTarget.extend({ definition: definitionInput });

export const publishSchemaSchema = draftTarget.extend({
  /** What is new, for those who read the versions later. */
  notes: z.string().trim().max(2000, "At most 2000 characters.").default(""),
  /** Also binds it, wherever another version of the schema is bound. */
  bind: z.boolean().default(false),
});

/** A binding: the messages of a profile, by stream and content type. Empty: all others. */
export const bindingTarget = z.object({
  profileId: z.uuid("Choose a profile."),
  stream: z
    .string()
    .trim()
    .max(256, "At most 256 characters.")
    .regex(/^[^+#\p{Cc}]*$/u, "A stream is a part of a topic, without + and #.")
    .default(""),
  contentType: z
    .string()
    .trim()
    .toLowerCase()
    .max(128, "At most 128 characters.")
    .regex(/^(?:[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+)?$/, "For example application/cbor.")
    .default(""),
});

/** All bindings of a profile. */
export const listBindingsSchema = z.object({ profileId: z.uuid("Choose a profile.") });

export const bindSchemaSchema = bindingTarget.extend({ schema: schemaName, version });

export const startCanarySchema = bindSchemaSchema.extend({
  /** Of the profile's devices. */
  percent: z.number().int("Whole per cent.").min(0).max(100, "At most 100 per cent.").default(0),
  /** Besides, whatever the percentage. */
  devices: z
    .array(deviceRef)
    .max(maxCanaryDevices, `At most ${maxCanaryDevices} devices.`)
    .default([]),
});
