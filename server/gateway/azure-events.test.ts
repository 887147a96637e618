import { expect, test } from "vitest";
import { readAzureEvent } from "#server/gateway/azure-events.ts";

const root = "devices/pump-1/messages/events/";

test.each([
  ["", {}],
  ["$.mid=m-1&$.ct=application%2Fjson&$.ce=utf-8", { id: "m-1", contentType: "application/json" }],
  ["%24.mid=m%201", { id: "m 1" }],
  ["?$.mid=m-1", { id: "m-1" }],
])("%j says %j", (bag, said) => {
  expect(readAzureEvent("pump-1", root + bag)).toEqual({ ...said, forwarded: Buffer.alloc(0) });
});

test("properties of the application are passed on as user properties, in their order", () => {
  const event = readAzureEvent("pump-1", `${root}site=north%2F1&flag`);

  expect(event?.forwarded.toString("latin1")).toBe("\x26\0\x04site\0\x07north/1\x26\0\x04flag\0\0");
});

test.each([
  "devices/pump-2/messages/events/",
  "devices/pump-1/messages/events",
  "devices/pump-1/modules/m/messages/events/",
  `${root}a=%zz`,
])("%s is none", (topic) => {
  expect(readAzureEvent("pump-1", topic)).toBeUndefined();
});
