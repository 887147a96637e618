import { mediaType } from "#server/pipeline/choose-schema.ts";
import { decode } from "#server/pipeline/decode.ts";
import { decodePayload } from "#server/pipeline/decode-payload.ts";
import type { InboundMessage } from "#server/pipeline/message.ts";
import { schemaOf } from "#server/pipeline/preview.ts";
import type { IngestProfile } from "#server/pipeline/profile.ts";
import { readingsOf } from "#server/pipeline/readings.ts";
import type { VersionRow } from "#server/pipeline/assemble-profile.ts";
import { cborDiagnostic } from "#server/schema/cbor-diagnostic.ts";
import { compileProtobuf } from "#server/schema/compile-protobuf.ts";
import { differenceOf, type Difference } from "#server/schema/difference.ts";
import { isObject } from "#server/schema/is-object.ts";
import { markJson, type MarkedLine } from "#server/schema/mark-json.ts";
import { definitionOf } from "#server/schema/prepare-schema.ts";

/** Ways to look at a payload; null for those that make no sense of it. */
export type PayloadViews = {
  /** What it means, as JSON, with the difference to the schema marked. */
  readonly json: readonly MarkedLine[] | null;
  /** RFC 8949 section 8. */
  readonly cbor: string | null;
  readonly protobuf: string | null;
  /** Lower case, the first bytes. */
  readonly hex: string;
};

const mostHexBytes = 16_384;
const agrees: Difference = { items: [], isCut: false, suggestions: [] };

/** A payload in the ways that make sense of it, and its difference to the schema of today. */
export function lookAt(
  message: InboundMessage,
  profile: IngestProfile | undefined,
  version: (schemaId: number) => VersionRow | undefined,
): { readonly views: PayloadViews; readonly difference: Difference | null } {
  const { payload, contentType } = message;
  const schema = profile === undefined ? undefined : schemaOf(message, profile);
  const row = schema?.ok === true ? version(schema.value.schemaId) : undefined;
  const decoded = schema?.ok === true ? decodePayload(message, schema.value) : decode(payload);
  const value = decoded.ok ? decoded.value : undefined;
  const isChecked = schema?.ok === true && schema.value.check !== undefined;
  const found = isChecked && decoded.ok ? differing(value, message, row) : undefined;
  const isCbor = mediaType(contentType).endsWith("cbor");
  return {
    difference: found?.difference ?? null,
    views: {
      json: value === undefined ? null : markJson(value, found?.marks ?? agrees),
      cbor: isCbor ? cborDiagnostic(payload) : null,
      protobuf: protobufOf(payload, row),
      hex: payload.subarray(0, mostHexBytes).toString("hex"),
    },
  };
}

/** The first reading that differs: how, and where that is in the whole payload. */
function differing(
  value: unknown,
  message: InboundMessage,
  row: VersionRow | undefined,
): { readonly difference: Difference; readonly marks: Difference } | undefined {
  const readings = readingsOf(value, message);
  if (!readings.ok || row === undefined) return undefined;
  const { jsonSchema } = definitionOf(row);
  for (const [index, { values }] of readings.value.entries()) {
    const difference = differenceOf(values, jsonSchema);
    if (difference.items.length === 0) continue;
    const item: unknown = Array.isArray(value) ? value[index] : value;
    const inEnvelope = isObject(item) && isObject(item["values"]) ? "/values" : "";
    const prefix = `${Array.isArray(value) ? `/${index}` : ""}${inEnvelope}`;
    const items = difference.items.map((each) => ({ ...each, path: `${prefix}${each.path}` }));
    return { difference, marks: { ...difference, items } };
  }
  return undefined;
}

function protobufOf(payload: Buffer, row: VersionRow | undefined): string | null {
  const source = row === undefined ? null : definitionOf(row).protobuf;
  return source === null ? null : compileProtobuf(source).describe(payload);
}
