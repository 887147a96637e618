import { expect, it } from "vitest";
import { CliError, UsageError } from "#server/cli/command.ts";
import { failureOf } from "#server/cli/failure.ts";
import { InvalidEnvironment } from "#server/env.ts";
import { ServiceError } from "#server/services/errors.ts";

it.each([
  [new UsageError("--name is missing."), 2, "usage", null],
  [new CliError("not_running", "It does not run.", "Start it."), 1, "not_running", "Start it."],
  [
    new ServiceError("conflict", "Taken.", { remedy: "Choose another." }),
    1,
    "conflict",
    "Choose another.",
  ],
  [new ServiceError("forbidden", "No."), 1, "forbidden", null],
  [new InvalidEnvironment(["PORT must be a port number"]), 1, "invalid", null],
])("%s ends with status %d and code %s", (error, status, code, remedy) => {
  expect(failureOf(error)).toMatchObject({ status, document: { error: { code, remedy } } });
});

it("a bug shows nothing of itself in the JSON document", () => {
  const { document, text } = failureOf(new TypeError("secret detail"));

  expect(JSON.stringify(document)).not.toContain("secret detail");
  expect(text).toContain("secret detail");
});
