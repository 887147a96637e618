import { expect, it } from "vitest";
import { decoderTarget } from "#e2e/chaos/fuzz/decoder-target.ts";
import { pass, refuse, type Stage } from "#server/pipeline/stage.ts";

const target = (decode: (payload: Buffer) => Stage<unknown>) =>
  decoderTarget({ payloads: [Buffer.from("a")], decode });
const input = Buffer.from([0, 1, 2]);

it("takes values as JSON has them, and refusals in words", async () => {
  const value = [{ a: 1, b: [null, true, "x"] }];
  await expect(target(() => pass(value)).run(input)).resolves.toBeUndefined();
  await expect(target(() => refuse("not-cbor", "It is none.")).run(input)).resolves.toBeUndefined();
});

it.each([
  ["a throw", () => JSON.parse("{")],
  ["a value that JSON does not have", () => pass({ a: undefined })],
  ["a number that JSON does not have", () => pass([Number.NaN])],
  ["an object of a class", () => pass({ a: new Date(0) })],
  ["a bigint", () => pass(1n)],
  ["a refusal without words", () => refuse("not-cbor", "")],
  [
    "an input that takes too long",
    () => {
      const until = performance.now() + 210;
      while (performance.now() < until);
      return pass({});
    },
  ],
])("finds %s", async (_, decode) => {
  await expect(target(decode).run(input)).rejects.toThrow(/./);
});

it("repeats an input up to the largest payload", async () => {
  const lengths: number[] = [];
  const measuring = target((payload) => {
    lengths.push(payload.length);
    return pass({});
  });
  await measuring.run(Buffer.from([0, 1, 2]));
  await measuring.run(Buffer.from([8, 1, 2]));
  expect(lengths).toEqual([2, 262_144]);
});
