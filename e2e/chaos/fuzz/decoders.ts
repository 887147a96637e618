import { encode } from "cbor-x";
import type { FuzzedDecoder } from "#e2e/chaos/fuzz/decoder-target.ts";
import { decode } from "#server/pipeline/decode.ts";
import { pass, refuse, type Stage } from "#server/pipeline/stage.ts";
import { cborDiagnostic } from "#server/schema/cbor-diagnostic.ts";
import { compileProtobuf } from "#server/schema/compile-protobuf.ts";
import { decodeCbor } from "#server/schema/decode-cbor.ts";
import { decodeSenmlCbor, decodeSenmlJson } from "#server/schema/decode-senml.ts";
import { decodeSparkplug, describeSparkplug } from "#server/schema/decode-sparkplug.ts";
import { SchemaUnusable } from "#server/schema/inspect-schema.ts";

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");
const reading = {
  id: "01J9",
  ts: 1732270000123,
  values: { temperature: 21.5, on: true, mode: "auto", none: null, list: [1, -2, { a: "é" }] },
};

const proto = `
syntax = "proto3";
package acme;
import "google/protobuf/timestamp.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
// A reading.
message Reading {
  float temperature = 1;
  optional int64 count = 2;
  Mode mode = 3;
  repeated int32 levels = 4;
  map<string, double> limits = 5;
  google.protobuf.Timestamp at = 6;
  oneof place { string room = 7; Reading inner = 8; }
  bytes raw = 9;
  google.protobuf.DoubleValue setpoint = 10;
  google.protobuf.Struct notes = 11;
  repeated sint64 loose = 12 [packed = false];
  map<uint32, Reading> children = 13;
}
enum Mode { UNKNOWN = 0; AUTO = 1; }
`;

/** Variant 1 takes the input for the text of a .proto file; the reading of its first type is empty. */
function decodeProtobuf(): FuzzedDecoder {
  const reader = compileProtobuf({ kind: "proto", source: proto, messageType: "acme.Reading" });
  const compile = (source: string): Stage<unknown> => {
    try {
      const { jsonSchema } = compileProtobuf({
        kind: "proto",
        source,
        messageType: "acme.Reading",
      });
      return pass(JSON.parse(JSON.stringify(jsonSchema)));
    } catch (error) {
      if (error instanceof SchemaUnusable) return refuse("not-protobuf", `${error.message}.`);
      throw error;
    }
  };
  return {
    payloads: [
      bytes("0d0000ac41 1005 1801 22020102 2a0d0a036c6f7711000000000000f83f"),
      bytes("3206 08f0a681ba06 4a02ff01 5209 09000000000000f03f 6001 6003"),
      bytes("4209 0d0000803f 42021001 5a0b 0a09 0a0161 1204 1a02 6869 6a06 0801 1202 1005"),
      bytes("5a0b0a090a016212042202 0a00 0d00000000 a00605 aa06026869 b3065001b406"),
      Buffer.from(proto),
      Buffer.from('syntax = "proto2"; package acme; message Reading { required int32 a = 1; }'),
    ],
    decode: (payload, variant) =>
      variant === 0 ? reader.decode(payload) : compile(payload.toString("latin1")),
    describe: (payload) => reader.describe(payload),
  };
}

const pack = [
  { bn: "urn:dev:ow:10e2073a01080063:", bt: 1276020076, bu: "A", bver: 5, n: "voltage", v: 120.1 },
  { n: "current", t: -5, v: 1.2, s: 3 },
  { n: "label", vs: "x", ut: 5 },
  { n: "open", vb: true },
  { n: "raw", vd: "-_8" },
];

/** The decoders by the names under which they are fuzzed. */
export const decoders: Readonly<Record<string, () => FuzzedDecoder>> = {
  json: () => ({
    payloads: [
      Buffer.from(JSON.stringify(reading)),
      Buffer.from(JSON.stringify([reading, { a: -1.5e-3, "\u0000b": '\ud83d\ude00\\"' }])),
      Buffer.from('{"a":1,"b":{"a":2},"\\u0061b":[true,false,null,1e308]}'),
      Buffer.from('{"a":1,"\\u0061":2,"__proto__":{"x":1e999}}'),
    ],
    decode,
  }),
  cbor: () => ({
    payloads: [
      encode(reading),
      encode([reading, { big: 2 ** 40, half: 0.5, when: new Date(5) }]),
      bytes("d9d9f7 bf 6161 01 6162 9f 01 f5 ff 6163 f93c00 ff"),
      bytes("a4 6161 c11a514b67b0 6162 f7 6163 3b0000000100000000 6164 fa7f7fffff"),
      bytes("a2 6161 7f 6161 ff 6162 5f 4101 ff"),
    ],
    decode: decodeCbor,
    describe: cborDiagnostic,
  }),
  protobuf: decodeProtobuf,
  senml: () => ({
    payloads: [
      Buffer.from(JSON.stringify(pack)),
      bytes(
        "82 a4 21 63 612f62 22 1a4c0f0000 00 6161 02 fb405e066666666666 a3 00 6162 06 24 02 01",
      ),
      bytes("83 a2 00 6161 04 f5 a2 00 6162 03 6178 a3 00 6163 08 42 fbff 05 01"),
    ],
    decode: (payload, variant) =>
      variant === 0
        ? decodeSenmlJson(payload, 1_795_000_000_000)
        : decodeSenmlCbor(payload, 1_795_000_000_000),
  }),
  sparkplug: () => ({
    payloads: [
      bytes("08f0a681ba06 120b 0a0161 2003 50ffffffff0f 1209 0a0162 2009 650000803f"),
      bytes("08f0a681ba06 120b 0a0163 18f0a681ba06 2001 5005 1207 0a0164 200b 7001 1805"),
      bytes("120a 0a0165 200c 7a03616263 1207 0a0166 2003 3801 120a 0a0167 2008 58ffffffff0f"),
      bytes("120f 0a0168 200a 69000000000000f03f 1209 0a0169 2011 820101ff"),
    ],
    decode: decodeSparkplug,
    describe: describeSparkplug,
  }),
};
