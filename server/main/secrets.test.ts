import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DamagedData, loadSecrets } from "#server/main/secrets.ts";

describe("the installation's secrets", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "secrets-"));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it("are made once and stay the same", () => {
    const first = loadSecrets(dir);

    expect(loadSecrets(dir)).toEqual(first);
    expect(new Set(Object.values(first)).size).toBe(5);
  });

  it("are readable by this user only", () => {
    loadSecrets(dir);

    expect(statSync(path.join(dir, "secrets.json")).mode & 0o777).toBe(0o600);
  });

  it("of an installation that had no key for sealing gain one, and keep the others", () => {
    const { encryptionKey, ...older } = loadSecrets(dir);
    writeFileSync(path.join(dir, "secrets.json"), JSON.stringify(older));

    const completed = loadSecrets(dir);

    expect(completed).toMatchObject(older);
    expect(completed.encryptionKey).not.toBe(encryptionKey);
    expect(loadSecrets(dir)).toEqual(completed);
  });

  it.each(["", "{", "[]", '{"ownerPassword":"short"}'])(
    "are not replaced when damaged: %j",
    (text) => {
      const file = path.join(dir, "secrets.json");
      writeFileSync(file, text);

      expect(() => loadSecrets(dir)).toThrow(DamagedData);
      expect(readFileSync(file, "utf8")).toBe(text);
    },
  );

  it("are missed when a database needs them", () => {
    mkdirSync(path.join(dir, "pg"));
    writeFileSync(path.join(dir, "pg", "PG_VERSION"), "18\n");

    expect(() => loadSecrets(dir)).toThrow(/secrets\.json is missing/);
  });
});
