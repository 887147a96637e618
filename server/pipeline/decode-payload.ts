import { decode } from "#server/pipeline/decode.ts";
import { mediaType } from "#server/pipeline/choose-schema.ts";
import type { InboundMessage } from "#server/pipeline/message.ts";
import type { BoundSchema } from "#server/pipeline/profile.ts";
import { refuse, type Stage } from "#server/pipeline/stage.ts";
import { decodeCbor } from "#server/schema/decode-cbor.ts";
import { decodeSenmlCbor, decodeSenmlJson } from "#server/schema/decode-senml.ts";

/** Content types of telemetry that are understood, each with who reads it; undefined: the schema. */
const readers: ReadonlyMap<string, BoundSchema["decode"]> = new Map<string, BoundSchema["decode"]>([
  ["application/json", decode],
  ["application/cbor", decodeCbor],
  ["application/senml+json", decodeSenmlJson],
  ["application/senml+cbor", decodeSenmlCbor],
  ["application/x-protobuf", undefined],
  ["application/protobuf", undefined],
  ["application/octet-stream", undefined],
]);

/** Whether telemetry may say that it is this; nothing said is right. */
export function isUnderstood(contentType: string | undefined): boolean {
  const type = mediaType(contentType);
  return type === "" || readers.has(type);
}

/**
 * Turns a payload into values: by its content type, or where that says nothing by its schema
 * version, or else as JSON.
 */
export function decodePayload(
  {
    payload,
    contentType,
    receivedAt,
  }: Pick<InboundMessage, "payload" | "contentType"> & Partial<Pick<InboundMessage, "receivedAt">>,
  schema: BoundSchema,
): Stage<unknown> {
  const type = mediaType(contentType);
  const reader = readers.get(type) ?? schema.decode;
  if (reader !== undefined) return reader(payload, receivedAt);
  if (type === "") return decode(payload);
  return refuse(
    "content-type",
    `The content type ${type.slice(0, 64)} needs a schema that says how to read it; ${schema.schemaName}@${schema.schemaVersion} is of JSON. Send application/json, or bind a Protobuf schema.`,
  );
}
