import { create, createFileRegistry, fromBinary, type FileRegistry } from "@bufbuild/protobuf";
import type { DescMessage } from "@bufbuild/protobuf";
import {
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  FileDescriptorSetSchema,
  type FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import type { ProtobufSource } from "#server/domain/schema-definition.ts";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";
import { parseProtobuf } from "#server/schema/parse-protobuf.ts";

const mostTypes = 1_000;
const mostFields = 5_000;
const deepestDescriptor = 32;

/** Types of Google's that are made plain values by name, whether a descriptor set holds them or not. */
const wellKnown = [
  file_google_protobuf_timestamp,
  file_google_protobuf_wrappers,
  file_google_protobuf_struct,
];

/** Types of an uploaded source, with what it says of them. */
export type ProtobufTypes = {
  readonly registry: FileRegistry;
  /** Its own message types, Google's left out. */
  readonly messages: readonly DescMessage[];
};

/**
 * Opens a .proto text or a base64 FileDescriptorSet.
 * @throws SchemaUnusable
 */
export function openProtobuf(kind: ProtobufSource["kind"], source: string): ProtobufTypes {
  const files = kind === "proto" ? [parseProtobuf(source)] : readDescriptorSet(source);
  const known = new Set(wellKnown.map(({ proto }) => proto.name));
  const own = files.filter(({ name }) => !known.has(name));
  checkSize(own);
  const registry = registryOf([...wellKnown.map(({ proto }) => proto), ...own]);
  const messages = Array.from(registry)
    .filter((type) => type.kind === "message")
    .filter(({ typeName }) => !typeName.startsWith("google.protobuf."));
  if (messages.length > 0) return { registry, messages };
  throw new SchemaUnusable("/protobuf/source", "The source has no message type.");
}

function checkSize(files: readonly FileDescriptorProto[]): void {
  const waiting = files.flatMap(({ messageType }) => messageType);
  let types = 0;
  let fields = 0;
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    types += 1 + type.enumType.length;
    fields += type.field.length;
    for (const nested of type.nestedType) waiting.push(nested);
  }
  types += files.reduce((count, { enumType }) => count + enumType.length, 0);
  if (types <= mostTypes && fields <= mostFields) return;
  throw new SchemaUnusable(
    "/protobuf/source",
    `The source has ${types} types with ${fields} fields; at most ${mostTypes} and ${mostFields} can be read.`,
  );
}

function readDescriptorSet(source: string): readonly FileDescriptorProto[] {
  const bytes = Buffer.from(source, "base64");
  try {
    return fromBinary(FileDescriptorSetSchema, bytes, {
      readUnknownFields: false,
      recursionLimit: deepestDescriptor,
    }).file;
  } catch (error) {
    throw Object.assign(
      new SchemaUnusable(
        "/protobuf/source",
        "This is not a descriptor set. Make one with protoc --include_imports --descriptor_set_out=FILE.",
      ),
      { cause: error },
    );
  }
}

function registryOf(files: FileDescriptorProto[]): FileRegistry {
  try {
    return createFileRegistry(create(FileDescriptorSetSchema, { file: files }));
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200).toWellFormed() : "";
    throw Object.assign(
      new SchemaUnusable("/protobuf/source", `The types do not fit together: ${why}.`),
      { cause: error },
    );
  }
}
