import { create, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { compileProtobuf, readProtobufTypes } from "#server/schema/compile-protobuf.ts";
import { compileSchema } from "#server/schema/compile-schema.ts";
import { maxDumpCharacters } from "#server/schema/protobuf-dump.ts";
import { parseProtobuf } from "#server/schema/parse-protobuf.ts";

const pump = `
syntax = "proto3";
package acme.pump;

import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/struct.proto";

// What a pump measures.
message Reading {
  // Temperature of the bearing
  // in degrees.
  float temperature = 1;
  optional int64 count = 2; // Strokes since start.
  Mode mode = 3 [deprecated = true];
  repeated int32 levels = 4;
  map<string, double> limits = 5;
  google.protobuf.Timestamp serviced_at = 6;
  oneof place {
    string room = 7;
    Position position = 8;
  }
  bytes raw = 9;
  google.protobuf.DoubleValue setpoint = 10;
  google.protobuf.Struct notes = 11;
  Reading previous = 12;
  repeated sint32 loose = 13 [packed = false];
  uint64 serial = 14;
  double pressure = 15;

  message Position {
    double lat = 1;
    double lon = 2;
  }
  reserved 20 to 30;
}

enum Mode {
  MODE_UNSPECIFIED = 0;
  AUTO = 1;
}

message Envelope {
  string id = 1;
  int64 ts = 2;
  uint32 seq = 3;
  Reading.Position values = 4;
}

message Timed {
  google.protobuf.Timestamp ts = 1;
  map<string, float> values = 2;
}

message Batch {
  repeated Timed readings = 1;
}
`;

const compiled = (messageType: string, source = pump) =>
  compileProtobuf({ kind: "proto", source, messageType });

/** Written by another library than the one that decodes. */
function encoded(messageType: string, value: object, source = pump): Buffer {
  const root = new protobuf.Root();
  for (const name of ["timestamp", "wrappers", "struct"]) {
    root.addJSON(protobuf.common.get(`google/protobuf/${name}.proto`)?.nested ?? {});
  }
  protobuf.parse(source, root, { keepCase: true });
  const type = root.lookupType(messageType);
  return Buffer.from(type.encode(type.fromObject(value)).finish());
}

const zeros = { temperature: 0, mode: "MODE_UNSPECIFIED", raw: "", serial: 0, pressure: 0 };
const hex = (bytes: string): Buffer => Buffer.from(bytes.replaceAll(" ", ""), "hex");

describe("compileProtobuf decodes", () => {
  it.each([
    ["floats to the shortest number", { temperature: 21.4 }, { temperature: 21.4 }],
    ["what is zero beside what is not", { temperature: 0, count: 5 }, { count: 5 }],
    ["an optional zero", { count: 0 }, { count: 0 }],
    ["enums by name", { mode: "AUTO" }, { mode: "AUTO" }],
    ["an enum's unknown number", { mode: 7 }, { mode: 7 }],
    ["packed lists", { levels: [1, -2, 3] }, { levels: [1, -2, 3] }],
    ["loose lists", { loose: [1, -2] }, { loose: [1, -2] }],
    ["maps", { limits: { low: 1.5, "": 2 } }, { limits: { low: 1.5, "": 2 } }],
    [
      "timestamps",
      { serviced_at: { seconds: 1732270000, nanos: 120_000_000 } },
      { serviced_at: "2024-11-22T10:06:40.12Z" },
    ],
    ["one of several", { position: { lat: 1 } }, { position: { lat: 1, lon: 0 } }],
    ["bytes as base64", { raw: Buffer.from([1, 2]) }, { raw: "AQI=" }],
    ["wrappers", { setpoint: { value: 0 } }, { setpoint: 0 }],
    ["itself inside", { previous: { temperature: 1 } }, { previous: { ...zeros, temperature: 1 } }],
    ["2^53 - 1", { serial: Number.MAX_SAFE_INTEGER }, { serial: Number.MAX_SAFE_INTEGER }],
    ["a negative number", { count: -9 }, { count: -9 }],
    [
      "structures",
      {
        notes: {
          fields: {
            a: { numberValue: 1 },
            b: { listValue: { values: [{ stringValue: "x" }, { nullValue: 0 }] } },
            c: { structValue: {} },
          },
        },
      },
      { notes: { a: 1, b: ["x", null], c: {} } },
    ],
  ])("%s", (_, value, expected) => {
    const payload = encoded("acme.pump.Reading", value);
    expect(compiled("acme.pump.Reading").decode(payload)).toEqual({
      ok: true,
      value: { ...zeros, ...expected },
    });
  });

  it("a message with ts and values as an envelope, without metadata that is zero", () => {
    const { decode, jsonSchema } = compiled("acme.pump.Envelope");
    expect(decode(encoded("acme.pump.Envelope", { ts: 5, seq: 3, values: { lat: 1 } }))).toEqual({
      ok: true,
      value: { ts: 5, seq: 3, values: { lat: 1, lon: 0 } },
    });
    expect(decode(encoded("acme.pump.Envelope", { id: "x" }))).toEqual({
      ok: true,
      value: { id: "x", values: {} },
    });
    expect(Object.keys(Object(jsonSchema["properties"]))).toEqual(["lat", "lon"]);
  });

  it("a message that is a list of messages as an array", () => {
    const { decode, jsonSchema } = compiled("acme.pump.Batch");
    const readings = [
      { ts: { seconds: 1732270000, nanos: 123_456_789 }, values: { a: 1.1 } },
      { values: { b: 2 } },
    ];
    expect(decode(encoded("acme.pump.Batch", { readings }))).toEqual({
      ok: true,
      value: [{ ts: 1732270000123.457, values: { a: 1.1 } }, { values: { b: 2 } }],
    });
    expect(jsonSchema).toEqual({ type: "object", additionalProperties: { type: "number" } });
  });

  it("proto2, where only what is sent is there", () => {
    const source = `message Old { required int32 a = 1; optional float b = 2 [default = 5];
      enum E { X = 3; } optional E e = 3; repeated int32 list = 4 [packed = true]; }`;
    const { decode } = compiled("Old", source);
    expect(decode(encoded("Old", { a: 1, e: "X", list: [1, 2] }, source))).toEqual({
      ok: true,
      value: { a: 1, e: "X", list: [1, 2] },
    });
  });

  it("a descriptor set as the text that it was made from, comments included", () => {
    const set = create(FileDescriptorSetSchema, { file: [parseProtobuf(pump)] });
    const source = Buffer.from(toBinary(FileDescriptorSetSchema, set)).toString("base64");
    const fromSet = compileProtobuf({
      kind: "descriptorSet",
      source,
      messageType: "acme.pump.Reading",
    });
    const fromText = compiled("acme.pump.Reading");
    const payload = encoded("acme.pump.Reading", { temperature: 1, limits: { a: 1 } });

    expect(fromSet.decode(payload)).toEqual(fromText.decode(payload));
    expect(fromSet.jsonSchema).toEqual(fromText.jsonSchema);
    expect(readProtobufTypes("descriptorSet", source)).toEqual(fromText.messageTypes);
  });
});

/** A file with a type in a type in a type. */
function nestedDescriptors(depth: number): string {
  const wrap = (tag: number, bytes: Buffer): Buffer => {
    const length: number[] = [];
    for (let rest = bytes.length; rest > 0 || length.length === 0; rest >>= 7) {
      length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    }
    return Buffer.concat([Buffer.from([tag, ...length]), bytes]);
  };
  let type: Buffer = Buffer.from([0x0a, 0x01, 0x41]);
  for (let level = 0; level < depth; level += 1) type = wrap(0x1a, type);
  return wrap(0x0a, wrap(0x22, type)).toString("base64");
}

describe("compileProtobuf refuses", () => {
  const reading = "acme.pump.Reading";
  const nested = (depth: number): Buffer => {
    let bytes = Buffer.from([0x0d, 0, 0, 0, 0]);
    for (let level = 0; level < depth; level += 1) {
      const length: number[] = [];
      for (let rest = bytes.length; rest > 0 || length.length === 0; rest >>= 7) {
        length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
      }
      bytes = Buffer.concat([Buffer.from([0x62, ...length]), bytes]);
    }
    return bytes;
  };

  it.each([
    ["nothing", hex(""), "empty"],
    ["JSON", Buffer.from('{"temperature":1}'), "not-protobuf"],
    ["an end in a tag", hex("80"), "not-protobuf"],
    ["an end in a float", hex("0d 0000"), "not-protobuf"],
    ["field number 0", hex("00 00"), "not-protobuf"],
    ["a tag of eleven bytes", hex("ff".repeat(11)), "not-protobuf"],
    ["a wire type that is none", hex("0f 00"), "not-protobuf"],
    ["a claim of 64 MB", hex("4a 80808020"), "not-protobuf"],
    ["a claim of 2^64 bytes", hex("4a ffffffffffffffffff01"), "not-protobuf"],
    ["a float that is sent as a number", hex("08 01"), "not-protobuf"],
    ["a number that is sent as text", hex("12 0101"), "not-protobuf"],
    ["a list that breaks", hex("22 02 01ff"), "not-protobuf"],
    ["a list of messages for a list of numbers", hex("23 24"), "not-protobuf"],
    ["only fields that it does not know", hex("a00601"), "not-protobuf"],
    ["a group that does not end", hex("0d00000000 a306"), "not-protobuf"],
    ["a group that nothing began", hex("0d00000000 a406"), "not-protobuf"],
    ["invalid UTF-8", hex("3a 02 c328"), "not-protobuf"],
    ["a surrogate in UTF-8", hex("3a 03 eda080"), "not-protobuf"],
    ["invalid UTF-8 in a map's key", hex("2a 04 0a 02 c328"), "not-protobuf"],
    ["a map's entry with more than key and value", hex("2a 02 18 01"), "not-protobuf"],
    [
      "the prototype in a map",
      hex(`2a 0b 0a 09 ${Buffer.from("__proto__").toString("hex")}`),
      "unsupported-value",
    ],
    ["NaN", hex("0d 0000c07f"), "unsupported-value"],
    ["infinity", hex("79 000000000000f07f"), "unsupported-value"],
    ["2^63", hex("70 80808080808080808001"), "unsupported-value"],
    ["-2^63", hex("10 80808080808080808001"), "unsupported-value"],
    [
      "the year 10000",
      encoded(reading, { serviced_at: { seconds: 253402300800 } }),
      "bad-timestamp",
    ],
    ["negative nanoseconds", encoded(reading, { serviced_at: { nanos: -1 } }), "bad-timestamp"],
    ["itself in itself ten thousand times", nested(10_000), "too-deep"],
    ["groups in groups", hex(`0d00000000 ${"a306".repeat(10_000)}`), "too-deep"],
    ["two thousand and one fields", hex("0d00000000".repeat(2_001)), "too-many-keys"],
    ["two million unknown fields", hex("a00601".repeat(2_000_000)), "too-many-keys"],
  ])("%s", (_, payload, reason) => {
    expect(compiled(reading).decode(payload)).toMatchObject({ ok: false, reason });
  });

  it.each([
    ["text that is no .proto", "hello", "cannot be read"],
    ["what ends too early", "message A {", "cannot be read"],
    ["an import of another file", 'import "other.proto"; message A {}', "cannot be followed"],
    ["an import of Any", 'import "google/protobuf/any.proto"; message A {}', "cannot be followed"],
    ["a type that is not there", "message A { optional B b = 1; }", "not there"],
    ["another edition", 'edition = "2023"; message A { int32 a = 1; }', "proto2 and proto3"],
    ["a group", "message A { optional group G = 1 { optional int32 a = 1; } }", "Groups"],
    [
      "an extension",
      "message A { extensions 100 to 199; } extend A { optional int32 b = 100; }",
      "Extensions",
    ],
    ["Google's own package", "package google.protobuf; message A {}", "is taken"],
    [
      "a name that is not allowed",
      'syntax = "proto3"; message A { int32 constructor = 1; }',
      "not allowed",
    ],
    [
      "a name of the prototype",
      'syntax = "proto3"; message A { int32 __proto__ = 1; }',
      "not allowed",
    ],
    ["braces in braces", `message A { ${"message B { ".repeat(10_000)}`, "cannot be read"],
    [
      "more statements than there is time for",
      `message A {} ${";".repeat(2_001)}`,
      "2000 statements",
    ],
    ["options in options", `option (a) = ${"{a: ".repeat(10_000)}`, "cannot be read"],
  ])("a source with %s", (_, source, words) => {
    expect(() => compiled("A", source)).toThrow(
      expect.objectContaining({
        name: "Error",
        path: expect.stringContaining("/protobuf/"),
        message: expect.stringContaining(words),
      }),
    );
  });

  it.each([
    ["text", "hello"],
    ["bytes that are none", Buffer.from([0x0a, 0x7f]).toString("base64")],
    ["nothing", Buffer.from([0x0a, 0x00]).toString("base64")],
    [
      "sixty thousand types",
      Buffer.concat([
        Buffer.from([0x0a, 0x80, 0x80, 0x08]),
        Buffer.alloc(131_072, Buffer.from([0x22, 0x00])),
      ]).toString("base64"),
    ],
    ["a message in itself ten thousand times", nestedDescriptors(10_000)],
    [
      "a field of a type that is not there",
      Buffer.from(
        toBinary(
          FileDescriptorSetSchema,
          create(FileDescriptorSetSchema, {
            file: [
              {
                name: "a.proto",
                messageType: [
                  {
                    name: "A",
                    field: [{ name: "b", number: 1, type: 11, label: 1, typeName: ".B" }],
                  },
                ],
              },
            ],
          }),
        ),
      ).toString("base64"),
    ],
  ])("a descriptor set that is %s", (_, source) => {
    expect(() => compileProtobuf({ kind: "descriptorSet", source, messageType: "A" })).toThrow(
      expect.objectContaining({ path: expect.stringContaining("/protobuf/") }),
    );
  });

  it("a message type that is not there, and says which are", () => {
    expect(() => compiled("acme.pump.Nothing")).toThrow(/There are: acme\.pump\.Reading, /);
  });
});

it("lists the message types of a source, without Google's", () => {
  expect(readProtobufTypes("proto", pump)).toEqual([
    "acme.pump.Reading",
    "acme.pump.Reading.Position",
    "acme.pump.Envelope",
    "acme.pump.Timed",
    "acme.pump.Batch",
  ]);
});

describe("the derived JSON Schema", () => {
  const { jsonSchema, decode } = compiled("acme.pump.Reading");
  const properties: object = Object(jsonSchema["properties"]);

  it.each([
    ["temperature", { type: "number", description: "Temperature of the bearing in degrees." }],
    ["count", { type: "integer", description: "Strokes since start." }],
    ["mode", { type: "string", enum: ["MODE_UNSPECIFIED", "AUTO"], deprecated: true }],
    ["levels", { type: "array", items: { type: "integer" } }],
    ["limits", { type: "object", additionalProperties: { type: "number" } }],
    ["serviced_at", { type: "string", format: "date-time" }],
    ["setpoint", { type: "number" }],
    ["notes", { type: "object" }],
    ["previous", { type: "object" }],
    [
      "position",
      { type: "object", properties: { lat: { type: "number" }, lon: { type: "number" } } },
    ],
  ])("says of %s what it is decoded to", (name, expected) => {
    expect(Reflect.get(properties, name)).toEqual(expected);
  });

  it("can be used on messages", () => {
    const { validate } = compileSchema(jsonSchema);
    const decoded = decode(encoded("acme.pump.Reading", { temperature: 1, limits: { a: 1 } }));
    expect(decoded.ok && validate(decoded.value)).toEqual({ ok: true });
  });
});

it("a source that is as large and as entangled as may be is opened in time", () => {
  const fields = Array.from({ length: 1_990 }, (_, index) => `int32 f${index} = ${index + 1};`);
  const wide = `syntax = "proto3"; message A { ${fields.join("")} }`;
  const nested = (index: number): string =>
    Array.from({ length: 7 }, (_, at) => `M${index + 1} f${at} = ${at + 1};`).join("");
  const ladder = Array.from(
    { length: 200 },
    (_, index) => `message M${index} { ${nested(index)} }`,
  );
  const tangled = `syntax = "proto3"; ${ladder.join("")} message M200 {} message A { M0 a = 1; }`;
  for (const source of [wide, tangled]) {
    // Of this thread alone: other tests run beside it.
    const before = process.threadCpuUsage();
    const { jsonSchema } = compiled("A", source);
    expect(process.threadCpuUsage(before).user).toBeLessThan(1_000_000);
    expect(JSON.stringify(jsonSchema).length).toBeLessThan(65_536);
  }
});

describe("the dump for people", () => {
  const { describe: dump, decode } = compiled("acme.pump.Reading");

  it("shows fields by name, and what the type does not know by number", () => {
    const known = encoded("acme.pump.Reading", {
      temperature: 21.4,
      mode: "AUTO",
      levels: [1, -2],
      limits: { low: 1.5 },
      position: { lat: 1 },
      raw: Buffer.from([0xff, 1]),
    });
    const unknown = hex("a00605 aa06026869 b3065001b406 0801");
    expect(dump(Buffer.concat([known, unknown]))).toBe(`temperature: 21.4
mode: AUTO
levels: 1
levels: -2
limits {
  key: "low"
  value: 1.5
}
position {
  lat: 1
}
raw: 0xff01
100: 5
101: "hi"
102 {
  10: 1
}
1: 1  # not sent as the type of temperature
`);
  });

  it("says where bytes break, ends long dumps, and never throws", () => {
    expect(dump(hex("0d 0000"))).toBe("… <at byte 0 it is no Protobuf>\n");
    expect(dump(hex("a00601".repeat(200_000))).length).toBeLessThan(maxDumpCharacters + 100);
    const seed = encoded("acme.pump.Reading", {
      limits: { a: 1 },
      previous: { count: 3 },
      levels: [1],
    });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { maxLength: 3 }).map((changes) => {
        const copy = Buffer.from(seed);
        for (const [at, byte] of changes) copy[at] = byte;
        return copy;
      }),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        const payload = Buffer.from(input);
        const result = decode(payload);
        expect(dump(payload)).toEqual(expect.any(String));
        expect(result.ok ? "." : result.detail).toMatch(/[.?]$/);
      }),
      { numRuns: 3000 },
    );
  });
});
