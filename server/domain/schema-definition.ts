import type { z } from "zod";
import type {
  protobufSource,
  schemaDefinition,
  schemaExample,
} from "#server/domain/schema-definition-schema.ts";

/** Largest definition that is kept, characters of its JSON. */
export const maxDefinitionCharacters = 1_048_576;
/** Versions of one schema. */
export const maxSchemaVersions = 1000;

export const schemaFormats = ["json", "protobuf", "senml", "sparkplug"] as const;
export type SchemaFormat = (typeof schemaFormats)[number];

/** A payload that the schema must take or refuse: the schema's own tests. */
export type SchemaExample = z.output<typeof schemaExample>;

export type ProtobufSource = z.output<typeof protobufSource>;

/** What a version of a schema says: what is accepted, and what becomes of it before it is stored. */
export type SchemaDefinition = z.output<typeof schemaDefinition>;

/** How a newer version stands to the one before it. */
export type CompatibilityMode = "none" | "backward" | "forward" | "full";
