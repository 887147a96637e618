import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChildFailed, keepRunning } from "#server/main/child.ts";

describe("a supervised process", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "child-"));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function start(source: string, onRestart: (text: string) => void = () => undefined) {
    const file = path.join(dir, "child.mjs");
    writeFileSync(file, source);
    return keepRunning({
      name: "part",
      file,
      env: {},
      logFolder: dir,
      onRestart,
    });
  }

  it("is awaited until it says that it is ready, and its words are logged", async () => {
    const child = await start(
      `console.log("hello"); process.send({ ready: true }); process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000);`,
    );
    await child.stop();

    expect(readFileSync(path.join(dir, "part.log"), "utf8")).toBe("hello\n");
  });

  it("fails the start with its last words when it ends first", async () => {
    const failed = start(`console.error("port 1 is in use"); process.exit(1);`);

    await expect(failed).rejects.toThrow(ChildFailed);
    await expect(failed).rejects.toMatchObject({ output: "port 1 is in use\n" });
  });

  it("is started again when it is killed, and not after it was stopped", async () => {
    const restarted = vi.fn<(text: string) => void>();
    const child = await start(
      `process.send({ ready: true }); process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000);`,
      restarted,
    );
    const first = child.pid();
    process.kill(first!, "SIGKILL");
    await vi.waitFor(() => expect(child.pid()).not.toBe(first), 5_000);
    await child.stop();

    expect(restarted).toHaveBeenCalledExactlyOnceWith(
      "The part ended (SIGKILL); starting it again.",
    );
  });

  const obliging = `process.send({ ready: true }); process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000);`;
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it("is replaced by another that is ready before it ends, and that one is kept running", async () => {
    const restarted = vi.fn<(text: string) => void>();
    const child = await start(obliging, restarted);
    const first = child.pid()!;
    await child.replace();
    const second = child.pid()!;

    expect(second).not.toBe(first);
    expect(isAlive(first)).toBe(false);
    expect(restarted).not.toHaveBeenCalled();
    process.kill(second, "SIGKILL");
    await vi.waitFor(() => expect(child.pid()).not.toBe(second), 5_000);
    await child.stop();
    expect(isAlive(child.pid()!)).toBe(false);
  });

  it("goes on when the one that should replace it fails", async () => {
    const child = await start(obliging);
    const first = child.pid()!;
    writeFileSync(path.join(dir, "child.mjs"), "process.exit(1);");

    await expect(child.replace()).rejects.toThrow("The part did not start.");
    expect(child.pid()).toBe(first);
    expect(isAlive(first)).toBe(true);
    await child.stop();
  });
});
