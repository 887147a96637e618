import { expect, it } from "vitest";
import { returnPath, signInPath } from "#server/web/return-path.ts";

it.each([
  "/devices",
  "/devices/pump-17?range=1h&metric=a%20b",
  "/audit?actor=mara%40example.com",
  "/",
])("after signing in, %s is where one was", (path) => {
  expect(returnPath(path)).toBe(path);
});

it.each([
  null,
  undefined,
  "",
  "devices",
  "https://evil.example/",
  "//evil.example/",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/devices\\..\\evil",
  "/\t/evil.example",
  "/\n/evil.example",
  " /devices",
  "/ü",
  "javascript:alert(1)",
  "/..//evil.example",
  "/a/..//evil.example",
  "/.//evil.example",
  "/sign-in",
  "/sign-in?next=/sign-in",
  "/setup",
  "/invite",
  "/api/v1/devices",
  `/${"a".repeat(3000)}`,
])("after signing in, %j leads to the Overview", (path) => {
  expect(returnPath(path)).toBe("/");
});

it("the sign-in page remembers where one was", () => {
  expect(signInPath("/devices?q=a&b=c")).toBe("/sign-in?next=%2Fdevices%3Fq%3Da%26b%3Dc");
  expect(signInPath("//evil.example")).toBe("/sign-in");
});
