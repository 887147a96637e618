import fc from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { readingsOf } from "#server/pipeline/readings.ts";
import { decodeSparkplug, describeSparkplug } from "#server/schema/decode-sparkplug.ts";

/** As much of Eclipse Tahu's definition as tells whether ours has the same bytes. */
const tahu = `
syntax = "proto2";
package org.eclipse.tahu.protobuf;
message Payload {
  message Template { optional string version = 1; }
  message DataSet { optional uint64 num_of_columns = 1; repeated string columns = 2; }
  message PropertyValue { optional uint32 type = 1; oneof value { string string_value = 8; } }
  message PropertySet { repeated string keys = 1; repeated PropertyValue values = 2; }
  message MetaData { optional bool is_multi_part = 1; optional string description = 8; }
  message Metric {
    optional string name = 1; optional uint64 alias = 2; optional uint64 timestamp = 3;
    optional uint32 datatype = 4; optional bool is_historical = 5; optional bool is_transient = 6;
    optional bool is_null = 7; optional MetaData metadata = 8; optional PropertySet properties = 9;
    oneof value {
      uint32 int_value = 10; uint64 long_value = 11; float float_value = 12; double double_value = 13;
      bool boolean_value = 14; string string_value = 15; bytes bytes_value = 16;
      DataSet dataset_value = 17; Template template_value = 18;
    }
  }
  optional uint64 timestamp = 1; repeated Metric metrics = 2; optional uint64 seq = 3;
  optional string uuid = 4; optional bytes body = 5;
}`;
const payloadType = protobuf
  .parse(tahu, { keepCase: true })
  .root.lookupType("org.eclipse.tahu.protobuf.Payload");
const payload = (value: object): Buffer =>
  Buffer.from(payloadType.encode(payloadType.fromObject(value)).finish());
const one = (metric: object) =>
  decodeSparkplug(payload({ timestamp: 5, metrics: [{ name: "a", ...metric }] }));

describe("a Sparkplug payload is", () => {
  it.each([
    ["Int8 of 32 bits", { datatype: 1, int_value: 0xffffffff }, -1],
    ["Int8 of its own bits", { datatype: 1, int_value: 0x80 }, -128],
    ["Int16", { datatype: 2, int_value: 0xfffe }, -2],
    ["Int32", { datatype: 3, int_value: 0x80000000 }, -(2 ** 31)],
    ["Int64", { datatype: 4, long_value: "18446744073709551615" }, -1],
    ["UInt8", { datatype: 5, int_value: 255 }, 255],
    ["UInt16", { datatype: 6, int_value: 65535 }, 65535],
    ["UInt32", { datatype: 7, int_value: 0xffffffff }, 0xffffffff],
    ["UInt32 in the field for 64 bits", { datatype: 7, long_value: 0xffffffff }, 0xffffffff],
    ["UInt64", { datatype: 8, long_value: Number.MAX_SAFE_INTEGER }, Number.MAX_SAFE_INTEGER],
    ["Float", { datatype: 9, float_value: 21.4 }, 21.4],
    ["Double", { datatype: 10, double_value: 0.1 }, 0.1],
    ["Boolean", { datatype: 11, boolean_value: false }, false],
    ["String", { datatype: 12, string_value: "" }, ""],
    ["DateTime", { datatype: 13, long_value: 1732270000123 }, 1732270000123],
    ["Text", { datatype: 14, string_value: "é" }, "é"],
    ["UUID", { datatype: 15, string_value: "7a6b" }, "7a6b"],
    ["Bytes", { datatype: 17, bytes_value: Buffer.from([1, 2]) }, "AQI="],
    ["a float without a datatype", { float_value: 1.5 }, 1.5],
    ["null", { datatype: 3, is_null: true }, null],
    [
      "a value with properties, metadata and an alias",
      {
        alias: 7,
        datatype: 9,
        float_value: 1,
        metadata: { description: "x" },
        properties: { keys: ["engUnit"], values: [{ type: 12, string_value: "m" }] },
      },
      1,
    ],
  ])("%s", (_, metric, expected) => {
    expect(one(metric)).toEqual({ ok: true, value: [{ ts: 5, values: { a: expected } }] });
  });

  it("metrics grouped by their times, and the payload's time where they have none", () => {
    const result = decodeSparkplug(
      payload({
        timestamp: 1732270000000,
        seq: 255,
        metrics: [
          { name: "Node Control/Rebirth", datatype: 11, boolean_value: false },
          {
            name: "level",
            timestamp: 1732260000000,
            datatype: 3,
            int_value: 1,
            is_historical: true,
          },
          { name: "level", datatype: 3, int_value: 2 },
        ],
      }),
    );
    expect(result).toEqual({
      ok: true,
      value: [
        { ts: 1732270000000, values: { "Node Control/Rebirth": false, level: 2 } },
        { ts: 1732260000000, values: { level: 1 } },
      ],
    });
    expect(readingsOf(result.ok && result.value, {})).toMatchObject({ ok: true });
  });

  it("readings without a time when nothing has one", () => {
    const bytes = payload({ metrics: [{ name: "a", datatype: 11, boolean_value: true }] });
    expect(decodeSparkplug(bytes)).toEqual({ ok: true, value: [{ values: { a: true } }] });
  });
});

describe("a Sparkplug payload is refused with", () => {
  it.each([
    [
      "an alias only",
      { name: undefined, alias: 3, datatype: 3, int_value: 1 },
      "unsupported-value",
      "birth",
    ],
    ["no name", { name: "", datatype: 3, int_value: 1 }, "unsupported-value", "has no name"],
    ["a whole number without a datatype", { int_value: 1 }, "unsupported-value", "birth"],
    [
      "a data set",
      { datatype: 16, dataset_value: { columns: ["x"] } },
      "unsupported-value",
      "data set",
    ],
    [
      "a template",
      { datatype: 19, template_value: { version: "1" } },
      "unsupported-value",
      "template",
    ],
    ["a list", { datatype: 22, bytes_value: Buffer.from([1]) }, "unsupported-value", "datatype 22"],
    ["a datatype that is none", { datatype: 99, int_value: 1 }, "unsupported-value", "datatype 99"],
    [
      "a value of another datatype",
      { datatype: 3, float_value: 1 },
      "unsupported-value",
      "not of its datatype",
    ],
    [
      "a boolean for a text",
      { datatype: 12, boolean_value: true },
      "unsupported-value",
      "not of its datatype",
    ],
    ["no value", { datatype: 3 }, "unsupported-value", "has no value"],
    ["256 as UInt8", { datatype: 5, int_value: 256 }, "unsupported-value", "8 bits"],
    ["300 as Int8", { datatype: 1, int_value: 300 }, "unsupported-value", "8 bits"],
    [
      "2^63 as UInt64",
      { datatype: 8, long_value: "9223372036854775808" },
      "unsupported-value",
      "2^53",
    ],
    ["NaN", { datatype: 9, float_value: Number.NaN }, "unsupported-value", "NaN"],
    ["infinity", { datatype: 10, double_value: -Infinity }, "unsupported-value", "NaN or infinite"],
    [
      "a name that is no field",
      { name: "a(b)", datatype: 11, boolean_value: true },
      "unsupported-value",
      "name",
    ],
    [
      "the prototype",
      { name: "__proto__", datatype: 11, boolean_value: true },
      "unsupported-value",
      "not allowed",
    ],
  ])("%s", (_, metric, reason, words) => {
    expect(one(metric)).toMatchObject({ reason, detail: expect.stringContaining(words) });
  });

  it.each([
    ["nothing", Buffer.alloc(0), "empty"],
    ["no metrics", payload({ timestamp: 5, seq: 1 }), "empty"],
    ["JSON", Buffer.from('{"timestamp":5}'), "not-sparkplug"],
    ["an end too early", payload({ timestamp: 5, uuid: "abc" }).subarray(0, -1), "not-sparkplug"],
    ["invalid UTF-8", Buffer.from("2202c328", "hex"), "not-sparkplug"],
    ["a message of another type", Buffer.from("3a0161", "hex"), "not-sparkplug"],
    [
      "five hundred empty metrics too many",
      Buffer.from("1200".repeat(2_001), "hex"),
      "too-many-keys",
    ],
    [
      "a metric twice",
      payload({
        metrics: [
          { name: "a", boolean_value: true },
          { name: "a", boolean_value: true },
        ],
      }),
      "duplicate-key",
    ],
  ])("%s", (_, bytes, reason) => {
    expect(decodeSparkplug(bytes)).toMatchObject({ ok: false, reason });
  });
});

describe("any bytes", () => {
  it("are a payload or refused in words, and can be described", () => {
    const seed = payload({
      timestamp: 1732270000000,
      metrics: [
        { name: "a", datatype: 3, int_value: 1 },
        { name: "b", datatype: 12, string_value: "x", timestamp: 5 },
      ],
    });
    const changed = fc
      .array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { maxLength: 3 })
      .map((changes) => {
        const copy = Buffer.from(seed);
        for (const [at, byte] of changes) copy[at] = byte;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 64 })), (bytes) => {
        const input = Buffer.from(bytes);
        const result = decodeSparkplug(input);
        expect(result.ok ? "." : result.detail).toMatch(/[.?]$/);
        expect(describeSparkplug(input)).toEqual(expect.any(String));
      }),
      { numRuns: 3000 },
    );
  });
});
