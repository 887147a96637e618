import fc from "fast-check";
import { generate } from "mqtt-packet";
import { describe, expect, test } from "vitest";
import { readPublishProperties } from "#server/gateway/mqtt/publish-properties.ts";

/** Properties with their length in front, and a payload behind. */
function read(hex: string, payload = "7b7d") {
  const properties = Buffer.from(hex.replaceAll(" ", ""), "hex");
  const bytes = Buffer.concat([
    Buffer.from([properties.length]),
    properties,
    Buffer.from(payload, "hex"),
  ]);
  return readPublishProperties(bytes, 0, bytes.length);
}

function problemOf(hex: string): string {
  const result = read(hex);
  return "problem" in result ? `${result.cause}: ${result.problem}` : "none";
}

function pair(name: string, value: string): string {
  const text = (part: string) => {
    const bytes = Buffer.from(part);
    return `${bytes.length.toString(16).padStart(4, "0")}${bytes.toString("hex")}`;
  };
  return `26${text(name)}${text(value)}`;
}

describe("properties of a PUBLISH", () => {
  test("may be none", () => {
    expect(read("")).toMatchObject({ payloadStart: 1, isText: false, forwarded: Buffer.alloc(0) });
  });

  test("are read", () => {
    const given = [
      "0101",
      "0200000e10",
      "03000474657874",
      "0800032f612f",
      "090002ffff",
      "230005",
      pair("id", "7"),
      pair("ts", "12"),
      pair("seq", "3"),
      pair("schema", "pump@3"),
      pair("traceparent", "00-1"),
      pair("other", "x"),
    ].join("");
    expect(read(given)).toMatchObject({
      isText: true,
      expirySeconds: 3_600,
      contentType: "text",
      responseTopic: "/a/",
      topicAlias: 5,
      id: "7",
      ts: "12",
      seq: "3",
      schema: "pump@3",
      traceparent: "00-1",
    });
  });

  test("of one name are read once, the first, and passed on all", () => {
    const both = pair("id", "1") + pair("id", "2");
    expect(read(both)).toMatchObject({ id: "1", forwarded: Buffer.from(both, "hex") });
  });

  test.each([
    ["alias and expiry in front", "230001 0200000001", "0101 0300017a"],
    ["alias behind", "", "0101 0300017a", "230001"],
    ["expiry between", "", "0101", "0200000001", "0300017a"],
  ])("pass on what is not ours, unchanged and in order: %s", (_, ...parts) => {
    const forwarded = parts.filter((__, index) => index % 2 === 1).join("");
    const result = read(parts.join(""));
    expect("forwarded" in result && result.forwarded.toString("hex")).toBe(
      forwarded.replaceAll(" ", ""),
    );
  });

  test.each([
    ["0102", "protocol-error: The payload format indicator is neither 0 nor 1."],
    ["0101 0100", "protocol-error: The property 1 is there more than once."],
    ["0300 0161 0300 0161", "protocol-error: The property 3 is there more than once."],
    ["230001 230001", "protocol-error: The property 35 is there more than once."],
    ["0b01", "protocol-error: PUBLISH of a client holds a subscription identifier."],
    ["1f000161", "protocol-error: The property 31 does not belong in PUBLISH."],
    ["00", "malformed: There is no property 0."],
    ["7f", "malformed: There is no property 127."],
    ["2301", "malformed: The topic alias is cut off."],
    ["02000000", "malformed: The message expiry interval is cut off."],
    ["03000561", "malformed: The content type is cut off."],
    ["090005", "malformed: The correlation data is cut off."],
    ["2600016100", "malformed: A user property is cut off."],
    ["030001ff", "malformed: The content type is not UTF-8."],
    ["030003eda080", "malformed: The content type is not UTF-8."],
    ["03000100", "malformed: The content type holds a null character."],
    ["030003c3a400", "malformed: The content type holds a null character."],
    ["26000161000100", "malformed: A user property holds a null character."],
    ["0800012b", "protocol-error: The response topic is empty or holds a wildcard."],
    ["080003612f23", "protocol-error: The response topic is empty or holds a wildcard."],
    ["080000", "protocol-error: The response topic is empty or holds a wildcard."],
  ])("%s: %s", (hex, problem) => expect(problemOf(hex)).toBe(problem));

  test("are refused when they are longer than the packet or their length is", () => {
    const result = (hex: string) => {
      const bytes = Buffer.from(hex, "hex");
      return readPublishProperties(bytes, 0, bytes.length);
    };
    expect(result("05")).toMatchObject({ problem: "The properties are cut off." });
    expect(result("ff")).toMatchObject({ problem: "The property length is cut off." });
    expect(result("8000")).toMatchObject({
      problem: "The property length takes more bytes than it needs.",
    });
    expect(result("ffffffff01")).toMatchObject({
      problem: "The property length has more than four bytes.",
    });
  });

  test("agree with what another library writes, and are passed on as it wrote them", () => {
    const text = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 8 })
      .filter((value) => !value.includes("\0"));
    const properties = fc.record(
      {
        payloadFormatIndicator: fc.constant(true),
        messageExpiryInterval: fc.integer({ min: 1, max: 0xffff_ffff }),
        topicAlias: fc.integer({ min: 1, max: 65_535 }),
        contentType: text,
        responseTopic: text.filter((value) => !/[+#]/.test(value)),
        correlationData: fc.uint8Array({ minLength: 1, maxLength: 9 }).map((b) => Buffer.from(b)),
        userProperties: fc.dictionary(fc.oneof(fc.constantFrom("id", "seq"), text), text, {
          minKeys: 1,
          noNullPrototype: true,
        }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(properties, fc.uint8Array({ maxLength: 200 }), (given, payload) => {
        const frame = generate(
          {
            cmd: "publish",
            topic: "a",
            payload: Buffer.from(payload),
            qos: 0,
            dup: false,
            retain: false,
            properties: given,
          },
          { protocolVersion: 5 },
        );
        const start = frame.indexOf(Buffer.from([0, 1, 0x61])) + 3;
        const result = readPublishProperties(frame, start, frame.length);
        if ("problem" in result) throw new Error(result.problem);
        expect(frame.subarray(result.payloadStart)).toEqual(Buffer.from(payload));
        expect(result.expirySeconds).toBe(given.messageExpiryInterval);
        expect(result.topicAlias).toBe(given.topicAlias);
        expect(result.contentType).toBe(given.contentType);
        expect(result.responseTopic).toBe(given.responseTopic);
        expect(result.id).toBe(given.userProperties?.["id"]);
        const { messageExpiryInterval: _, topicAlias: __, ...kept } = given;
        const alone = generate(
          {
            cmd: "publish",
            topic: "a",
            payload: "",
            qos: 0,
            dup: false,
            retain: false,
            properties: kept,
          },
          { protocolVersion: 5 },
        );
        expect(alone.subarray(alone.length - result.forwarded.length)).toEqual(result.forwarded);
      }),
    );
  });

  test("of strangers never make it throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (bytes) => {
        const result = readPublishProperties(Buffer.from(bytes), 0, bytes.length);
        expect("problem" in result || result.payloadStart <= bytes.length).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
