import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decode } from "#server/pipeline/decode.ts";
import { readingsOf } from "#server/pipeline/readings.ts";
import { saneTime, timeFlags } from "#server/pipeline/sane-time.ts";
import { compileProtobuf } from "#server/schema/compile-protobuf.ts";
import { decodeCbor } from "#server/schema/decode-cbor.ts";
import { decodeSenmlCbor, decodeSenmlJson } from "#server/schema/decode-senml.ts";
import { decodeSparkplug } from "#server/schema/decode-sparkplug.ts";

const largestPayload = 262_144;
const longestMs = 200;
const largestHeapBytes = 512 * 2 ** 20;

const proto = `
syntax = "proto3";
message Reading {
  double value = 1;
  int64 count = 2;
  string text = 3;
  Reading inner = 4;
  repeated int64 list = 5;
  map<string, double> map = 6;
  repeated Reading many = 7;
  repeated string texts = 8;
}
message Timed { int64 ts = 1; Reading values = 2; }
`;
const protobufOf = (messageType: string) =>
  compileProtobuf({ kind: "proto", source: proto, messageType }).decode;
const decoders = {
  json: decode,
  cbor: decodeCbor,
  protobuf: protobufOf("Reading"),
  "senml+json": decodeSenmlJson,
  "senml+cbor": decodeSenmlCbor,
  sparkplug: decodeSparkplug,
};
type Format = keyof typeof decoders;

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const textHex = (text: string): string => Buffer.from(text).toString("hex");
/** Repeats up to the largest payload that a listener takes. */
const filled = (start: string, part: string, end = ""): Buffer => {
  const [first, again, last] = [hex(start), hex(part), hex(end)];
  const times = Math.floor((largestPayload - first.length - last.length) / again.length);
  return Buffer.concat([first, ...Array.from({ length: times }, () => again), last]);
};
const filledText = (start: string, part: string, end = ""): Buffer =>
  filled(textHex(start), textHex(part), textHex(end));
const proto9 = `69${textHex("__proto__")}`;
/** A field of Protobuf with this content. */
const nestedIn = (tag: string, content: Buffer): Buffer => {
  const length: number[] = [];
  for (let rest = content.length; rest > 0; rest >>= 7) {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  }
  return Buffer.concat([hex(tag), Buffer.from(length), content]);
};
const russianDolls = (tag: string, depth: number): Buffer => {
  let bytes = hex("1001");
  for (let level = 0; level < depth; level += 1) bytes = nestedIn(tag, bytes);
  return bytes;
};

const corpus: readonly (readonly [Format, string, Buffer, string])[] = [
  ["json", "invalid UTF-8", hex("7b2261223a22c328227d"), "not-json"],
  ["cbor", "invalid UTF-8", hex("a1616162c328"), "not-cbor"],
  ["protobuf", "invalid UTF-8", hex("1a02c328"), "not-protobuf"],
  ["senml+json", "invalid UTF-8", hex("5b7b226e223a22c328227d5d"), "not-json"],
  ["senml+cbor", "invalid UTF-8", hex("81a20062c3280201"), "not-cbor"],
  ["sparkplug", "invalid UTF-8", hex("1204 0a02c328"), "not-sparkplug"],

  ["cbor", "half a surrogate pair", hex("a1616163eda080"), "not-cbor"],
  ["protobuf", "half a surrogate pair", hex("1a03eda080"), "not-protobuf"],
  [
    "senml+json",
    "half a surrogate pair",
    Buffer.from(String.raw`[{"n":"\ud800","v":1}]`),
    "unsupported-value",
  ],
  ["sparkplug", "half a surrogate pair", hex("1205 0a03eda080"), "not-sparkplug"],

  ["cbor", "the prototype as a name", hex(`a1${proto9}a161 61 01`), "unsupported-value"],
  [
    "protobuf",
    "the prototype as a name",
    hex(`320b0a09${textHex("__proto__")}`),
    "unsupported-value",
  ],
  [
    "senml+json",
    "the prototype as a name",
    Buffer.from('[{"n":"__proto__","v":1}]'),
    "unsupported-value",
  ],
  ["senml+cbor", "the prototype as a name", hex(`81a200${proto9}0201`), "unsupported-value"],
  [
    "sparkplug",
    "the prototype as a name",
    hex(`120d 0a09${textHex("__proto__")} 7001`),
    "unsupported-value",
  ],

  ["json", "a key twice", Buffer.from('{"a":1,"a":2}'), "duplicate-key"],
  ["cbor", "a key twice", hex("a2616101616102"), "duplicate-key"],
  ["senml+json", "a key twice", Buffer.from('[{"n":"a","v":1,"v":2}]'), "duplicate-key"],
  ["senml+cbor", "a key twice", hex("81a300616102010202"), "duplicate-key"],
  ["sparkplug", "a metric twice", hex("1205 0a01617001 1205 0a01617001"), "duplicate-key"],

  ["json", "ten thousand levels", Buffer.from("[".repeat(10_000)), "too-deep"],
  ["json", "as many levels as fit", filledText('{"a":', '{"a":'), "too-deep"],
  ["cbor", "as many levels as fit", filled("a1", "6161a1"), "too-deep"],
  ["cbor", "as many levels without a length as fit", filled("9f", "9f"), "too-deep"],
  ["protobuf", "ten thousand levels", russianDolls("22", 10_000), "too-deep"],
  ["protobuf", "as many unknown groups as fit", filled("1001", "a306"), "too-deep"],
  ["senml+json", "as many levels as fit", filledText("[", "["), "too-deep"],
  ["senml+cbor", "as many levels as fit", filled("81", "81"), "too-deep"],
  ["sparkplug", "as many unknown groups as fit", filled("0801", "a306"), "too-deep"],

  ["json", "2 000 001 keys", Buffer.from(`{${'"":1,'.repeat(2_000_001)}"":1}`), "too-many-keys"],
  [
    "cbor",
    "2 000 001 keys",
    Buffer.concat([hex("ba001e8481"), Buffer.alloc(4_000_002, 0x60)]),
    "too-many-keys",
  ],
  ["protobuf", "2 000 001 fields", Buffer.alloc(4_000_002, hex("1001")), "too-many-keys"],
  [
    "senml+json",
    "2 000 001 keys",
    Buffer.from(`[{${'"":1,'.repeat(2_000_001)}"":1}]`),
    "too-many-keys",
  ],
  [
    "senml+cbor",
    "2 000 001 keys",
    Buffer.concat([hex("81ba001e8481"), Buffer.alloc(4_000_002, 0)]),
    "too-many-keys",
  ],
  ["sparkplug", "2 000 001 metrics", Buffer.alloc(4_000_002, hex("1200")), "too-many-keys"],

  ["json", "a number beyond doubles", Buffer.from('{"a":1e999}'), "unsupported-value"],
  ["json", "digits without an end", filledText('{"a":', "9", "}"), "unsupported-value"],
  ["cbor", "NaN", hex("a16161f97e00"), "unsupported-value"],
  ["cbor", "infinity", hex("a16161fb7ff0000000000000"), "unsupported-value"],
  ["protobuf", "NaN", hex("09000000000000f87f"), "unsupported-value"],
  ["protobuf", "infinity", hex("09000000000000f0ff"), "unsupported-value"],
  [
    "senml+json",
    "a number beyond doubles",
    Buffer.from('[{"n":"a","v":-1e999}]'),
    "unsupported-value",
  ],
  ["senml+cbor", "NaN", hex("81a200616102f97e00"), "unsupported-value"],
  ["sparkplug", "NaN", hex("120a 0a0161 2009 650000c07f"), "unsupported-value"],

  ["cbor", "2^63", hex("a161611b8000000000000000"), "unsupported-value"],
  ["cbor", "a big number", hex("a16161c249010000000000000000"), "unsupported-value"],
  ["protobuf", "2^63 - 1", hex("10ffffffffffffffff7f"), "unsupported-value"],
  ["senml+cbor", "2^63", hex("81a2006161021b8000000000000000"), "unsupported-value"],
  ["sparkplug", "2^63", hex("1210 0a0161 2008 5880808080808080808001"), "unsupported-value"],

  ["cbor", "a claim of 64 MB", hex("a161617a04000000"), "not-cbor"],
  ["cbor", "lists that each claim all that is left", filled("9a0003fff0", "99ffff"), "too-deep"],
  ["protobuf", "a claim of 64 MB", hex("1a80808020"), "not-protobuf"],
  ["protobuf", "lists in lists that grow", filled("1001", "3a00"), "too-many-keys"],
  ["senml+cbor", "a claim of 64 MB", hex("9a04000000"), "not-cbor"],
  ["sparkplug", "a claim of 64 MB", hex("12 80808020"), "not-sparkplug"],
];

const zipBomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
/** Sound, and as costly as one payload can be: taken or refused, but in time. */
const costly: readonly (readonly [Format, string, Buffer])[] = [
  ["json", "numbers", filledText('{"a":[0', ",0", "]}")],
  ["json", "numbers with many digits", filledText('{"a":[0', ",1.7976931348623157e308", "]}")],
  ["json", "empty lists", filledText("[0", ",[]", "]")],
  ["json", "escapes", filledText('{"a":"', String.raw`\u0061`, '"}')],
  [
    "json",
    "one long key twice",
    Buffer.from(`{"${"k".repeat(130_000)}":1,"${"k".repeat(130_000)}":2}`),
  ],
  ["cbor", "numbers", filled("a161619f", "00", "ff")],
  ["cbor", "floats", filled("a161619f", "fb3ff199999999999a", "ff")],
  ["cbor", "empty lists", filled("9f", "80", "ff")],
  ["cbor", "empty texts", filled("9f", "60", "ff")],
  ["cbor", "times", filled("9f", "c100", "ff")],
  ["cbor", "times as text", filled("9f", `c0${"74"}${textHex("2013-03-21T20:04:00Z")}`, "ff")],
  ["protobuf", "numbers", nestedIn("2a", Buffer.alloc(262_100, 0))],
  [
    "protobuf",
    "large numbers",
    nestedIn("2a", filled("", "ffffffffffffff0f").subarray(0, 262_096)),
  ],
  ["protobuf", "text", nestedIn("1a", Buffer.alloc(262_100, 0x61))],
  ["protobuf", "two thousand messages", Buffer.alloc(4_000, hex("3a00"))],
  ["senml+json", "records", filledText('[{"n":"a","v":1}', ',{"n":"a","v":1}', "]")],
  ["senml+json", "a long name", filledText('[{"v":1,"bn":"urn:dev:', "a:", '"}]')],
  ["senml+cbor", "bytes", filled("81a2006161085a0003fff0", "ff")],
  [
    "sparkplug",
    "text",
    nestedIn("12", Buffer.concat([hex("0a0161"), nestedIn("7a", Buffer.alloc(262_000, 0x61))])),
  ],
];

/**
 * Milliseconds of this thread's processor time, the faster of two: the first also compiles, and
 * other tests that run beside these do not count.
 */
function timed(run: () => unknown): number {
  return Math.min(
    ...[1, 2].map(() => {
      const before = process.threadCpuUsage();
      run();
      const { user, system } = process.threadCpuUsage(before);
      return (user + system) / 1000;
    }),
  );
}

describe("bad input is refused for its reason and in time", () => {
  it.each(corpus)("%s: %s", (format, _, payload, reason) => {
    const result = decoders[format](payload);
    expect(result).toMatchObject({ ok: false, reason });
    expect(timed(() => decoders[format](payload))).toBeLessThan(longestMs);
  });
});

describe("the costliest input is done in time", () => {
  it.each(costly)("%s: %s", (format, _, payload) => {
    expect(payload.length).toBeLessThanOrEqual(largestPayload + 100);
    expect(timed(() => decoders[format](payload))).toBeLessThan(longestMs);
    expect(process.memoryUsage().heapUsed).toBeLessThan(largestHeapBytes);
  });
});

describe("no decoder unpacks", () => {
  it.each(Object.keys(decoders))("a zip bomb as %s", (format) => {
    const decoder = Object.entries(decoders).find(([name]) => name === format)?.[1];
    expect(decoder?.(zipBomb)).toMatchObject({ ok: false });
    expect(decoder?.(Buffer.alloc(0))).toMatchObject({ ok: false, reason: "empty" });
  });
});

describe("a time a hundred years off is kept and flagged", () => {
  const now = 1_795_000_000_000;
  const century = 3_155_760_000_000;
  const millis = (ms: number): string => {
    const bytes = Buffer.alloc(9, 0x1b);
    bytes.writeBigUInt64BE(BigInt(ms), 1);
    return bytes.toString("hex");
  };
  const payloads: readonly (readonly [Format, Buffer])[] = [
    ["json", Buffer.from(`{"ts":${now + century},"values":{"a":1}}`)],
    ["json", Buffer.from(`{"ts":${now - century},"values":{"a":1}}`)],
    ["cbor", hex(`a2627473${millis(now + century)}6676616c756573a1616101`)],
    ["senml+json", Buffer.from(`[{"t":${(now + century) / 1000},"n":"a","v":1}]`)],
    ["senml+json", Buffer.from('[{"t":1e300,"n":"a","v":1}]')],
    ["sparkplug", hex("1212 0a0161 18ffffffffffffffffff01 7001 2800")],
  ];
  it.each(payloads)("%s", (format, payload) => {
    const decoded = decoders[format](payload);
    const readings = readingsOf(decoded.ok && decoded.value, {});
    const ts = readings.ok ? readings.value[0]?.ts : undefined;
    const limits = { maxPastMs: 604_800_000, maxFutureMs: 300_000 };
    const { flags } = saneTime({ ts, receivedAt: now, ...limits });
    expect(flags).not.toBe(timeFlags.none);
    expect(ts).toEqual(expect.any(Number));
  });
});

it("nothing of this has changed the prototype of objects", () => {
  for (const [format, , payload] of corpus) decoders[format](payload);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(Reflect.get({}, "a")).toBeUndefined();
});
