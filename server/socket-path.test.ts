import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { socketPath } from "#server/socket-path.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "qs-socket-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("a socket lives in the run folder, which only its user can enter", () => {
  expect(socketPath({ DATA_DIR: folder }, "signer.sock")).toBe(
    path.join(folder, "run", "signer.sock"),
  );
  expect(statSync(path.join(folder, "run")).mode & 0o777).toBe(0o700);
});

it("a path that no socket address can hold is replaced by a short one, the same each time", () => {
  const env = { DATA_DIR: path.join(folder, "d".repeat(120)) };

  const first = socketPath(env, "signer.sock");

  expect(Buffer.byteLength(first)).toBeLessThanOrEqual(100);
  expect(socketPath(env, "signer.sock")).toBe(first);
  expect(socketPath({ DATA_DIR: `${env.DATA_DIR}2` }, "signer.sock")).not.toBe(first);
  rmSync(path.dirname(first), { recursive: true });
});
