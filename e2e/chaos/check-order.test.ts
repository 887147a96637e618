import { describe, expect, it } from "vitest";
import { checkDeliveries, findInversions } from "#e2e/chaos/check-order.ts";

describe("the order of what is stored", () => {
  const message = (number: number, connection: number, receivedMicros: number) => ({
    device: "pump",
    number,
    connection,
    receivedMicros,
  });

  it.each([
    { name: "received as sent", stored: [message(1, 1, 10), message(2, 1, 10)], expected: [] },
    {
      name: "received the other way round",
      stored: [message(2, 1, 10), message(1, 1, 11)],
      expected: ["pump/2"],
    },
    {
      name: "sent again on a later connection, where it may come after its successors",
      stored: [message(1, 2, 30), message(2, 1, 10)],
      expected: [],
    },
    {
      name: "of two devices, between whom there is no order",
      stored: [message(2, 1, 10), { ...message(1, 1, 20), device: "valve" }],
      expected: [],
    },
  ])("$name", ({ stored, expected }) => expect(findInversions(stored)).toEqual(expected));
});

describe("the delivery checker", () => {
  const clean = { undelivered: [], deliveredTwice: [], invented: [], outOfOrder: [] };

  it.each([
    { name: "each once, in order", delivered: ["a/1", "a/2"], verdict: clean },
    {
      name: "acknowledged and never delivered",
      delivered: ["a/1"],
      verdict: { ...clean, undelivered: ["a/2"] },
    },
    {
      name: "delivered twice",
      delivered: ["a/1", "a/1", "a/2"],
      verdict: { ...clean, deliveredTwice: ["a/1"] },
    },
    {
      name: "never acknowledged, delivered",
      delivered: ["a/1", "a/2", "a/3"],
      verdict: clean,
    },
    {
      name: "never sent, delivered",
      delivered: ["a/1", "a/2", "a/9"],
      verdict: { ...clean, invented: ["a/9"] },
    },
    {
      name: "delivered after its successor",
      delivered: ["a/2", "a/1"],
      verdict: { ...clean, outOfOrder: ["a/1"] },
    },
  ])("$name", ({ delivered, verdict }) =>
    expect(
      checkDeliveries({
        attempted: new Set(["a/1", "a/2", "a/3"]),
        acknowledged: new Set(["a/1", "a/2"]),
        delivered,
      }),
    ).toEqual(verdict),
  );
});
