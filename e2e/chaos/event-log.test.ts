import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openEventLog, readEventLog } from "#e2e/chaos/event-log.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "quayside-log-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("has what was appended on the disk before it calls back", async () => {
  const file = path.join(folder, "events.log");
  const log = openEventLog(file);

  log.append("P pump/1 1");
  const seen = new Promise<string>((resolve) =>
    log.afterSync(() => resolve(readFileSync(file, "utf8"))),
  );

  expect(await seen).toBe("P pump/1 1\n");
  log.close();
});

it("calls back in order, also those who ask while a sync is under way", async () => {
  const log = openEventLog(path.join(folder, "events.log"));
  const order: number[] = [];
  await new Promise<void>((resolve) => {
    log.afterSync(() => {
      order.push(1);
      log.append("A pump/1 1");
      log.afterSync(() => {
        order.push(3);
        resolve();
      });
    });
    log.afterSync(() => order.push(2));
  });
  log.close();

  expect(order).toEqual([1, 2, 3]);
});

it("reads back who attempted, who was acknowledged, and what was delivered in which order", () => {
  const file = path.join(folder, "events.log");
  const log = openEventLog(file);
  for (const line of ["P a/1 1", "P a/2 1", "A a/1 1", "R board a/2", "R board a/1", "P a/2 2"]) {
    log.append(line);
  }
  log.close();
  appendFileSync(file, "A a/2");

  expect(readEventLog(file)).toEqual({
    attempted: new Set(["a/1", "a/2"]),
    acknowledged: new Set(["a/1"]),
    delivered: new Map([["board", ["a/2", "a/1"]]]),
  });
});
