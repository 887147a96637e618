import { z } from "zod";
import { schemaFormats } from "#server/domain/schema-definition.ts";
import { transformSteps } from "#server/domain/transform-steps.ts";

/** A payload that the schema must take or refuse: the schema's own tests. */
export const schemaExample = z.object({
  name: z.string().trim().min(1, "Name the example.").max(120, "At most 120 characters."),
  /** Text, or base64 of bytes that are no text. */
  payload: z.string().max(65_536, "An example has at most 65536 characters."),
  encoding: z.enum(["text", "base64"]).default("text"),
  contentType: z.string().trim().max(128).default(""),
  expect: z.enum(["pass", "fail"]),
});

export const protobufSource = z.object({
  kind: z.enum(["proto", "descriptorSet"]),
  /** Text of a .proto file, or base64 of a FileDescriptorSet. */
  source: z.string().min(1, "Paste or upload a .proto file.").max(524_288),
  /** Full name: "acme.Reading". */
  messageType: z.string().trim().min(1, "Choose the message type.").max(256),
});

/** What a version of a schema says: what is accepted, and what becomes of it before it is stored. */
export const schemaDefinition = z.object({
  format: z.enum(schemaFormats),
  /**
   * JSON Schema 2020-12 of the values after decoding, with the annotations `unit` (UCUM),
   * `description`, `category` (server/domain/data-category.ts) and `deprecated` on properties.
   * Required for "json"; of the others null takes what the decoder lets through.
   */
  jsonSchema: z.record(z.string(), z.unknown()).nullable(),
  protobuf: protobufSource.nullable().default(null),
  /** Applied to the values of each reading after they were found valid, in this order. */
  processing: transformSteps.default([]),
  /** CEL: a reading for which it is true is not stored, and counted as filtered. */
  dropWhen: z.string().trim().max(2048).default(""),
  examples: z.array(schemaExample).max(50, "At most 50 examples.").default([]),
});
