import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");
const results = path.join(root, ".build/results");

const say = (line: string): void => void process.stdout.write(`${line}\n`);

type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };
type Step = {
  readonly name: string;
  readonly command: readonly string[];
  readonly count?: () => Counts;
};

const none: Counts = { passed: 0, failed: 0, skipped: 0 };

function report(name: string): Record<string, unknown> | undefined {
  const file = path.join(results, `${name}.json`);
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
}

function vitest(project: string): Step {
  return {
    name: `${project} tests`,
    command: [
      "vitest",
      "run",
      "-c",
      "server/testing/vitest.config.ts",
      "--project",
      project,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${path.join(results, `${project}.json`)}`,
    ],
    count: () => {
      const {
        numPassedTests = 0,
        numFailedTests = 1,
        numPendingTests = 0,
      } = (report(project) ?? {}) as Record<string, number>;
      return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
    },
  };
}

const endToEnd: Step = {
  name: "end-to-end tests",
  command: ["playwright", "test", "-c", "e2e/playwright.config.ts"],
  count: () => {
    const { stats } = (report("e2e") ?? {}) as { stats?: Record<string, number> };
    if (stats === undefined) return { ...none, failed: 1 };
    return {
      passed: (stats["expected"] ?? 0) + (stats["flaky"] ?? 0),
      failed: stats["unexpected"] ?? 0,
      skipped: stats["skipped"] ?? 0,
    };
  },
};

const verify: readonly Step[] = [
  { name: "format", command: ["oxfmt", "--check", "."] },
  { name: "lint and import walls", command: ["oxlint", "--type-aware"] },
  { name: "types", command: ["tsc", "--noEmit", "-p", "."] },
  { name: "unused code", command: ["knip"] },
  vitest("unit"),
];

const everything: readonly Step[] = [...verify, vitest("db"), vitest("fault"), endToEnd];

/** Runs every step, also after one failed, and returns what all of them counted. */
function runSteps(steps: readonly Step[]): Counts {
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  let total = none;
  for (const step of steps) {
    const startedAt = Date.now();
    say(`\n== ${step.name}`);
    const [command = "", ...parameters] = step.command;
    const { status } = spawnSync(command, parameters, { cwd: root, stdio: "inherit" });
    const counted = step.count?.() ?? none;
    // A step that fails without a failed test (a lint error, a crash) counts as one failure.
    const failed = status === 0 ? counted.failed : Math.max(counted.failed, 1);
    const passed = counted.passed + (step.count === undefined && status === 0 ? 1 : 0);
    total = {
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + counted.skipped,
    };
    say(
      `== ${step.name}: ${status === 0 ? "ok" : "FAILED"} in ${Math.round((Date.now() - startedAt) / 1000)} s`,
    );
  }
  return total;
}

const { passed, failed, skipped } = runSteps(process.argv[2] === "verify" ? verify : everything);
say(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed === 0 ? 0 : 1);
