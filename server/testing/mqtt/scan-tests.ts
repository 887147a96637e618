import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A test that bears the number of a statement in its name. */
export type Proof = {
  readonly number: string;
  /** Relative to the root, with forward slashes. */
  readonly file: string;
  /** The name without numbers. */
  readonly title: string;
};

const isTest = /\.(test|spec)\.tsx?$/u;
const folders = [
  "server/gateway",
  "server/broker",
  "server/ingest",
  "server/db",
  "server/jobs",
  "e2e",
];
/** Comments are matched first, so that a number in one proves nothing. */
const tokens =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/gu;
const numbers = /\[(MQTT3?-\d+\.\d+\.\d+-\d+)\]/gu;

/** The numbers in the names of a test file, which are its string literals. */
export function proofsIn(file: string, source: string): readonly Proof[] {
  const proofs: Proof[] = [];
  for (const [token] of source.matchAll(tokens)) {
    if (token.startsWith("/")) continue;
    const title = token.slice(1, -1).replaceAll(numbers, "").replaceAll(/\s+/gu, " ").trim();
    for (const [, number = ""] of token.matchAll(numbers)) proofs.push({ number, file, title });
  }
  return proofs;
}

/** Every proof in the test files below `root`, by file and place. */
export function scanTests(root: string): readonly Proof[] {
  return folders
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => isTest.test(name))
        .map((name) => `${folder}/${name.replaceAll(path.sep, "/")}`),
    )
    .toSorted()
    .flatMap((file) => proofsIn(file, readFileSync(path.join(root, file), "utf8")));
}
