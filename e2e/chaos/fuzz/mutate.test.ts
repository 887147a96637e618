import { expect, it } from "vitest";
import { frameStarts, mutate, seededRandom } from "#e2e/chaos/fuzz/mutate.ts";

it("the same seed gives the same inputs", () => {
  const run = () => {
    const random = seededRandom(7);
    let bytes: Buffer = Buffer.from([1, 0xc0, 0]);
    for (let step = 0; step < 50; step += 1) bytes = mutate(bytes, bytes, random);
    return bytes.toString("hex");
  };

  expect(run()).toBe(run());
});

it("finds where frames begin, also behind a length of several bytes and a cut frame", () => {
  const long = Buffer.concat([Buffer.from([0x30, 0x80, 0x01]), Buffer.alloc(128)]);

  expect(frameStarts(Buffer.concat([Buffer.from([0xc0, 0]), long, Buffer.from([0x30])]))).toEqual([
    0, 2, 133,
  ]);
});

it("changes nearly every input and lets none grow without end", () => {
  const random = seededRandom(3);
  let bytes: Buffer = Buffer.from([2, 0xe0, 0]);
  let same = 0;
  for (let step = 0; step < 2_000; step += 1) {
    const next = mutate(bytes, bytes, random);
    if (next.equals(bytes)) same += 1;
    bytes = next;
  }

  expect(bytes.length).toBeLessThanOrEqual(4_097);
  expect(same).toBeLessThan(700);
});
