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
  /** What failed, a line each. */
  readonly failures?: () => readonly string[];
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
    failures: () => failedIn(report(project)),
  };
}

type FileReport = {
  readonly name: string;
  readonly message?: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages?: readonly string[];
  }[];
};

const firstLine = (text: string): string => text.split("\n", 1)[0]?.slice(0, 300) ?? "";

function failedIn(read: Record<string, unknown> | undefined): readonly string[] {
  const files = (read?.["testResults"] ?? []) as readonly FileReport[];
  return files.flatMap(({ name, message, assertionResults }) => {
    const file = path.relative(root, name);
    const failed = assertionResults.filter(({ status }) => status === "failed");
    if (failed.length === 0 && message !== undefined && message !== "") {
      return [`  ${file}: ${firstLine(message)}`];
    }
    return failed.map(
      ({ fullName, failureMessages = [] }) =>
        `  ${file}: ${fullName}: ${firstLine(failureMessages[0] ?? "")}`,
    );
  });
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

/** Runs one step. A step that fails without a failed test (a lint error, a crash) counts as one failure. */
function runStep(step: Step): Counts {
  const startedAt = Date.now();
  say(`\n== ${step.name}`);
  const [command = "", ...parameters] = step.command;
  const { status } = spawnSync(command, parameters, { cwd: root, stdio: "inherit" });
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  say(`== ${step.name}: ${status === 0 ? "ok" : "FAILED"} in ${seconds} s`);
  const counted = step.count?.() ?? (status === 0 ? { ...none, passed: 1 } : none);
  return status === 0 ? counted : { ...counted, failed: Math.max(counted.failed, 1) };
}

/** Runs every step, also after one failed, and returns what all of them counted. */
function runSteps(steps: readonly Step[]): Counts {
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const counts = steps.map((step) => ({ step, ...runStep(step) }));
  const wrong = counts.filter(({ failed }) => failed > 0);
  // Last, where whoever sees only the end of a long log finds it.
  if (wrong.length > 0) say("\n== What failed");
  for (const { step, failed } of wrong) {
    say([`${step.name}: ${failed} failed`, ...(step.failures?.() ?? [])].join("\n"));
  }
  const sum = (key: keyof Counts): number => counts.reduce((total, each) => total + each[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}

const { passed, failed, skipped } = runSteps(process.argv[2] === "verify" ? verify : everything);
say(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed === 0 ? 0 : 1);
