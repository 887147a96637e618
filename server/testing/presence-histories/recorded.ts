import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { PresenceHistory } from "#server/testing/presence-histories/history.ts";

/** One line for each history; a file for each stage of the recording. */
const folder = path.join(import.meta.dirname, "recorded");

/** Histories that were recorded from the running product (`npm run chaos`, presence-histories). */
export function readRecordedHistories(): readonly PresenceHistory[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .toSorted()
    .flatMap((name) => readFileSync(path.join(folder, name), "utf8").split("\n"))
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as PresenceHistory);
}

/**
 * Keeps what was recorded of a stage; a story of which nothing was recorded this time keeps its line.
 * @param stories names of all stories of the stage, in order
 */
export function keepRecordedHistories(
  stage: string,
  stories: readonly string[],
  histories: readonly PresenceHistory[],
): void {
  const known = new Map(
    [...readRecordedHistories(), ...histories].map((history) => [history.name, history]),
  );
  const lines = stories.flatMap((name) => {
    const history = known.get(name);
    return history === undefined ? [] : [`${JSON.stringify(history)}\n`];
  });
  writeFileSync(path.join(folder, `${stage}.jsonl`), lines.join(""));
}
