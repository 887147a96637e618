import { expect } from "vitest";
import { runCommandLine } from "#server/cli/run-command-line.ts";
import { parseEnv } from "#server/env.ts";
import type { TestDatabase } from "#server/testing/database.ts";

/** The operator's command line over a test's database. Lines are words with single blanks between them. */
export function testCommandLine(at: {
  readonly database: Pick<TestDatabase, "appUrl" | "ingestUrl">;
  readonly dataDir: string;
}) {
  async function run(line: string) {
    let [stdout, stderr] = ["", ""];
    const status = await runCommandLine(line.split(" "), {
      readEnv: () =>
        parseEnv({
          DATA_DIR: at.dataDir,
          APP_DATABASE_URL: at.database.appUrl,
          INGEST_DATABASE_URL: at.database.ingestUrl,
          ENCRYPTION_KEY: "a".repeat(43),
        }),
      out: (text) => (stdout += text),
      err: (text) => (stderr += text),
      input: async () => "",
      signal: new AbortController().signal,
    });
    return { status, stdout, stderr };
  }
  async function json(line: string): Promise<Record<string, unknown>> {
    const ended = await run(`${line} --json`);
    expect({ ...ended, status: 0 }).toEqual(ended);
    return JSON.parse(ended.stdout) as Record<string, unknown>;
  }
  return { run, json };
}
