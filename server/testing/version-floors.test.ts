import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

/** Older releases of these have published holes that can be used from afar. */
const floors: Readonly<Record<string, string>> = {
  next: "16.4.6",
  react: "19.3.1",
  "react-dom": "19.3.1",
  "next-auth": "4.24.15",
  zod: "4.6.7",
  sharp: "0.35.5",
};

/** Present in every installation; the others only when another package brings them. */
const always = ["next", "react", "react-dom", "next-auth", "zod"];

type Locked = { readonly path: string; readonly version: string };

const lockfile = JSON.parse(
  readFileSync(path.resolve(import.meta.dirname, "../../package-lock.json"), "utf8"),
) as { readonly packages: Readonly<Record<string, { readonly version?: string }>> };

/** Every copy of the package, also those nested below other packages. */
function copiesOf(name: string): readonly Locked[] {
  return Object.entries(lockfile.packages)
    .filter(([place]) => place.endsWith(`node_modules/${name}`))
    .map(([place, { version = "0.0.0" }]) => ({ path: place, version }));
}

/** A pre-release counts as older than its release. */
function isAtLeast(version: string, floor: string): boolean {
  const [core = "", preRelease] = version.split("-", 2);
  const parts = core.split(".").map(Number);
  const wanted = floor.split(".").map(Number);
  for (const [index, part] of wanted.entries()) {
    const has = parts[index] ?? 0;
    if (has !== part) return has > part;
  }
  return preRelease === undefined;
}

describe("version comparison", () => {
  it.each([
    ["16.4.6", "16.4.6", true],
    ["16.4.10", "16.4.6", true],
    ["16.4.5", "16.4.6", false],
    ["16.10.0", "16.4.6", true],
    ["17.0.0", "16.4.6", true],
    ["15.9.9", "16.4.6", false],
    ["16.4.6-canary.1", "16.4.6", false],
  ])("%s against the floor %s: %s", (version, floor, expected) => {
    expect(isAtLeast(version, floor)).toBe(expected);
  });
});

describe("the lockfile", () => {
  it.each(always)("has %s", (name) => {
    expect(copiesOf(name)).not.toEqual([]);
  });

  it.each(Object.entries(floors))("has no %s older than %s, at any depth", (name, floor) => {
    expect(copiesOf(name).filter(({ version }) => !isAtLeast(version, floor))).toEqual([]);
  });

  it("holds nothing that comes from elsewhere than a package registry", () => {
    const foreign = Object.entries(
      lockfile.packages as Readonly<Record<string, { readonly resolved?: string }>>,
    ).filter(([, { resolved }]) => resolved !== undefined && !resolved.startsWith("https://"));

    expect(foreign).toEqual([]);
  });
});
