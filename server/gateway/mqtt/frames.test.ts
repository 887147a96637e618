import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FrameReader } from "#server/gateway/mqtt/frames.ts";

function packet(type: number, body: Uint8Array): Buffer {
  const length: number[] = [];
  let rest = body.length;
  do {
    const byte = rest & 0x7f;
    rest >>= 7;
    length.push(rest > 0 ? byte | 0x80 : byte);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([type << 4, ...length]), body]);
}

function readAll(reader: FrameReader): Buffer[] {
  const found: Buffer[] = [];
  while (reader.next() === "frame") found.push(reader.buffer.subarray(reader.start, reader.end));
  return found;
}

describe("FrameReader", () => {
  test("cuts any stream at the same places however it is chopped", () => {
    const packets = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 15 }), fc.uint8Array({ maxLength: 300 })),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(packets, fc.array(fc.integer({ min: 1, max: 90 })), (given, sizes) => {
        const sent = given.map(([type, body]) => packet(type, body));
        const stream = Buffer.concat(sent);
        const reader = new FrameReader(1_000);
        const found: Buffer[] = [];
        const chops = [...sizes];
        for (let at = 0; at < stream.length;) {
          const size = chops.shift() ?? stream.length;
          reader.append(stream.subarray(at, at + size));
          found.push(...readAll(reader));
          at += size;
        }
        // Frames found early must still hold their own bytes at the end.
        expect(found.map(String)).toEqual(sent.map(String));
      }),
    );
  });

  test("refuses a packet beyond the limit by its header alone", () => {
    const reader = new FrameReader(100);
    reader.append(Buffer.from([0x30, 99]));
    expect(reader.next()).toBe("too-large");
  });

  test("takes a packet of exactly the limit", () => {
    const reader = new FrameReader(100);
    reader.append(packet(3, new Uint8Array(98)));
    expect(reader.next()).toBe("frame");
  });

  test("a length of five bytes is malformed, one of four is not", () => {
    const reader = new FrameReader(Number.MAX_SAFE_INTEGER);
    reader.append(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
    expect(reader.next()).toBe("incomplete");
    const other = new FrameReader(Number.MAX_SAFE_INTEGER);
    other.append(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x80]));
    expect(other.next()).toBe("malformed");
  });

  test.each([
    ["c000", false],
    ["c08000", true],
    ["30808000", true],
    ["30807f", false],
  ])("tells of %s whether its length is padded: %s", (hex, padded) => {
    const reader = new FrameReader(20_000);
    reader.append(Buffer.concat([Buffer.from(hex, "hex"), Buffer.alloc(16_256)]));
    expect(reader.next()).toBe("frame");
    expect(reader.isPadded).toBe(padded);
  });

  test("holds no memory when everything was read", () => {
    const reader = new FrameReader(100);
    reader.append(packet(12, new Uint8Array(0)));
    expect(readAll(reader)).toHaveLength(1);
    expect(reader.buffer.length).toBe(0);
  });
});
