import { Encoder } from "cbor-x";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readingsOf } from "#server/pipeline/readings.ts";
import { decodeSenmlCbor, decodeSenmlJson } from "#server/schema/decode-senml.ts";

const now = 1_795_000_000_000;
const json = (pack: unknown) => decodeSenmlJson(Buffer.from(JSON.stringify(pack)), now);
const labels = new Map<string, number>([
  ["bver", -1],
  ["bn", -2],
  ["bt", -3],
  ["bu", -4],
  ["bv", -5],
  ["bs", -6],
  ["n", 0],
  ["u", 1],
  ["v", 2],
  ["vs", 3],
  ["vb", 4],
  ["s", 5],
  ["t", 6],
  ["ut", 7],
]);

const options = { useRecords: false, mapsAsObjects: false, useTag259ForMaps: false };
const encoder = new Encoder(options);

/** The same pack as a sender of CBOR writes it. */
function cbor(pack: readonly object[]) {
  const records = pack.map(
    (record) => new Map(Object.entries(record).map(([name, value]) => [labels.get(name), value])),
  );
  return decodeSenmlCbor(encoder.encode(records), now);
}

const resolved: [string, readonly object[], unknown][] = [
  // RFC 8428 §5.1.1
  [
    "a single value",
    [{ n: "urn:dev:ow:10e2073a01080063", u: "Cel", v: 23.1 }],
    [{ values: { value: 23.1 } }],
  ],
  // §5.1.2
  [
    "several values of one time",
    [
      { bn: "urn:dev:ow:10e2073a01080063:", n: "voltage", u: "V", v: 120.1 },
      { n: "current", u: "A", v: 1.2 },
    ],
    [{ values: { voltage: 120.1, current: 1.2 } }],
  ],
  [
    "a base time with times that count from it",
    [
      {
        bn: "urn:dev:ow:10e2073a0108006:",
        bt: 1276020076.001,
        bu: "A",
        bver: 5,
        n: "voltage",
        u: "V",
        v: 120.1,
      },
      { n: "current", t: -5, v: 1.2 },
      { n: "current", t: -4, v: 1.3 },
      { n: "current", v: 1.7 },
    ],
    [
      { ts: 1276020076001, values: { voltage: 120.1, current: 1.7 } },
      { ts: 1276020071001, values: { current: 1.2 } },
      { ts: 1276020072001, values: { current: 1.3 } },
    ],
  ],
  // §5.1.3
  [
    "times that count from now",
    [
      { bn: "urn:dev:ow:10e2073a01080063", bt: -10, n: "temp", v: 1 },
      { n: "temp", t: 10, v: 2 },
    ],
    [{ ts: now - 10_000, values: { temp: 1 } }, { values: { temp: 2 } }],
  ],
  [
    "the last second from now and the first of the calendar",
    [
      { n: "a", t: 2 ** 28 - 1, v: 1 },
      { n: "a", t: 2 ** 28, v: 2 },
    ],
    [
      { ts: now + (2 ** 28 - 1) * 1000, values: { a: 1 } },
      { ts: 2 ** 28 * 1000, values: { a: 2 } },
    ],
  ],
  [
    "text, booleans and sums",
    [
      { n: "label", vs: "Machine Room" },
      { n: "open", vb: false },
      { n: "energy", v: 5, s: 7 },
      { n: "water", s: 9, bs: 1 },
    ],
    [
      {
        values: { label: "Machine Room", open: false, energy: 5, "energy.sum": 7, "water.sum": 10 },
      },
    ],
  ],
  [
    "base values",
    [
      { bn: "a/", bv: 20, n: "x", v: 0.5 },
      { n: "y", v: -1 },
      { bv: 0, n: "z", v: 3 },
    ],
    [{ values: { "a/x": 20.5, "a/y": 19, "a/z": 3 } }],
  ],
  [
    "a record of base fields only",
    [
      { bn: "pump/", bt: 2e9 },
      { n: "a", v: 1 },
    ],
    [{ ts: 2e12, values: { "pump/a": 1 } }],
  ],
  ["names of LwM2M", [{ bn: "/3303/0/", n: "5700", v: 1 }], [{ values: { "_/3303/0/5700": 1 } }]],
  [
    "the name of a device as the name",
    [{ bn: "urn:dev:mac:0024befffe804ff1_temp", v: 1 }],
    [{ values: { temp: 1 } }],
  ],
];

describe("a SenML pack is", () => {
  it.each(resolved)("%s, in JSON", (_, pack, expected) => {
    expect(json(pack)).toEqual({ ok: true, value: expected });
  });

  it.each(resolved)("%s, in CBOR", (_, pack, expected) => {
    expect(cbor(pack)).toEqual({ ok: true, value: expected });
  });

  it("bytes as base64url text, in both", () => {
    const expected = { ok: true, value: [{ values: { a: "-_8" } }] };
    expect(json([{ n: "a", vd: "-_8" }])).toEqual(expected);
    const pack = Buffer.from("81a20061610842fbff", "hex");
    expect(decodeSenmlCbor(pack, now)).toEqual(expected);
  });

  it("fields that nobody knows left out", () => {
    expect(json([{ n: "a", v: 1, other: { x: [1] }, ut: 5 }])).toEqual({
      ok: true,
      value: [{ values: { a: 1 } }],
    });
  });

  it("without the time of receipt, a reading without a time where it counts from now", () => {
    const pack = Buffer.from('[{"n":"a","v":1,"t":-5},{"n":"b","v":1,"t":2e9}]');
    expect(decodeSenmlJson(pack)).toEqual({
      ok: true,
      value: [{ values: { a: 1 } }, { ts: 2e12, values: { b: 1 } }],
    });
  });

  it("what the pipeline takes as a batch", () => {
    const pack = json([{ n: "a", v: 1, t: 2e9 }]);
    const readings = readingsOf(pack.ok ? pack.value : undefined, {});
    expect(readings).toMatchObject({ ok: true, value: [{ ts: 2e12, values: { a: 1 } }] });
  });
});

describe("a SenML pack is refused with", () => {
  it.each([
    ["an object", { n: "a", v: 1 }, "not-senml"],
    ["nothing in it", [], "empty"],
    ["base fields only", [{ bn: "a" }], "empty"],
    ["a record that is a number", [5], "not-senml"],
    ["neither value nor sum", [{ n: "a", t: 5 }], "not-senml"],
    ["two values", [{ n: "a", v: 1, vs: "x" }], "not-senml"],
    ["a value of the wrong type", [{ n: "a", v: "1" }], "not-senml"],
    ["null for a value", [{ n: "a", v: null }], "not-senml"],
    ["text for a time", [{ n: "a", v: 1, t: "now" }], "not-senml"],
    ["a newer version", [{ bver: 11, n: "a", v: 1 }], "not-senml"],
    ["what must be understood", [{ n: "a", v: 1, secret_: 1 }], "not-senml"],
    [
      "one name twice at one time",
      [
        { n: "a", v: 1 },
        { n: "a", v: 2 },
      ],
      "duplicate-key",
    ],
    ["a name that is no field", [{ n: "a(b)", v: 1 }], "unsupported-value"],
    ["a name that is not allowed", [{ n: "__proto__", v: 1 }], "unsupported-value"],
    ["a name of 65 letters", [{ n: "x".repeat(65), v: 1 }], "unsupported-value"],
    ["a sum of values that is too large", [{ bv: 1e308, n: "a", v: 1e308 }], "unsupported-value"],
    [
      "two devices",
      [
        { bn: "urn:dev:ow:1:", n: "a", v: 1 },
        { bn: "urn:dev:ow:2:", n: "b", v: 1 },
      ],
      "unsupported-value",
    ],
    [
      "too many keys",
      Array.from({ length: 1_001 }, (_, t) => ({ n: "a", t, v: 1 })),
      "too-many-keys",
    ],
  ])("%s", (_, pack, reason) => {
    expect(json(pack)).toMatchObject({ ok: false, reason });
  });

  it.each([
    ["the same field by number and by name", "81a30061610201616e6162", "duplicate-key"],
    ["the same number twice", "81a2020102 02".replaceAll(" ", ""), "duplicate-key"],
    ["a label that is a float", "81a1f93c0001", "unsupported-value"],
    ["NaN", "81a200616102f97e00", "unsupported-value"],
    ["a claim of 64 MB of bytes", "81a1085a04000000", "not-cbor"],
    ["bytes for a name", "81a200416102 01".replaceAll(" ", ""), "ok"],
  ])("%s in CBOR", (_, hex, reason) => {
    const result = decodeSenmlCbor(Buffer.from(hex, "hex"), now);
    expect(result.ok ? "ok" : result.reason).toBe(reason);
  });
});

describe("any pack", () => {
  const name = fc.constantFrom(
    "bn",
    "bt",
    "bv",
    "bs",
    "bver",
    "n",
    "u",
    "v",
    "vs",
    "vb",
    "vd",
    "s",
    "t",
    "ut",
    "x_",
    "__proto__",
  );
  const value = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.string({ maxLength: 6 }),
    fc.boolean(),
    fc.constant(null),
  );
  const pack = fc.array(fc.dictionary(name, value, { maxKeys: 5 }), { maxLength: 5 });

  it("becomes readings or a refusal in words, in JSON and in CBOR", () => {
    fc.assert(
      fc.property(pack, (records) => {
        for (const result of [json(records), cbor(records)]) {
          const said = result.ok ? `${JSON.stringify(result.value)}.` : result.detail;
          expect(said).toMatch(/\.$/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("of any bytes never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const payload = Buffer.from(bytes);
        expect(typeof decodeSenmlJson(payload).ok).toBe("boolean");
        expect(typeof decodeSenmlCbor(payload).ok).toBe("boolean");
      }),
      { numRuns: 2000 },
    );
  });
});
