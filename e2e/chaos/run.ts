import { parseArgs } from "node:util";
import { machine } from "#bench/results.ts";
import { negativeControls } from "#e2e/chaos/controls/scenario.ts";
import { writeChaosResult } from "#e2e/chaos/results.ts";
import type { ChaosScenario, Finding, ScenarioInput } from "#e2e/chaos/scenario.ts";
import { batchKill } from "#e2e/chaos/scenarios/batch-kill.ts";
import { campaignKill } from "#e2e/chaos/scenarios/campaign-kill.ts";
import { databaseErrors, diskFull } from "#e2e/chaos/scenarios/database-errors.ts";
import { bothKill, databaseKill } from "#e2e/chaos/scenarios/database-kill.ts";
import { databaseLink, databaseVanishes } from "#e2e/chaos/scenarios/database-link.ts";
import { databaseSilence } from "#e2e/chaos/scenarios/database-silence.ts";
import { deviceLink, takeOver } from "#e2e/chaos/scenarios/device-link.ts";
import { enrolmentKill } from "#e2e/chaos/scenarios/enrolment-kill.ts";
import { overload } from "#e2e/chaos/scenarios/overload.ts";
import { presenceHistories } from "#e2e/chaos/scenarios/presence-histories.ts";
import { replayKill } from "#e2e/chaos/scenarios/replay-kill.ts";
import { revocationKill } from "#e2e/chaos/scenarios/revocation.ts";
import { rollingRestart } from "#e2e/chaos/scenarios/rolling-restart.ts";
import { soak } from "#e2e/chaos/scenarios/soak.ts";
import { reconnectStorm } from "#e2e/chaos/scenarios/storm.ts";
import {
  exactlyOnce,
  exactlyOnceDatabase,
  exactlyOnceRolling,
  slowConsumer,
} from "#e2e/chaos/scenarios/subscribers.ts";
import { frozenWorker, rollingUpgrade, twoWorkersKill } from "#e2e/chaos/scenarios/two-workers.ts";
import { workerCrashPoints, workerKill } from "#e2e/chaos/scenarios/worker-kill.ts";
import { startInstallation } from "#server/testing/installation.ts";

const all: readonly ChaosScenario[] = [
  ...negativeControls,
  workerKill,
  workerCrashPoints,
  databaseKill,
  bothKill,
  databaseErrors,
  databaseLink,
  databaseVanishes,
  databaseSilence(15_000),
  diskFull,
  deviceLink,
  takeOver,
  twoWorkersKill,
  rollingUpgrade,
  frozenWorker(30_000),
  exactlyOnce,
  exactlyOnceDatabase,
  exactlyOnceRolling,
  replayKill(100_000),
  enrolmentKill(100),
  batchKill(2_000, { inHurry: false }),
  campaignKill(1_000, { inHurry: false }),
  revocationKill(20),
  rollingRestart,
  slowConsumer(30_000),
  overload,
  reconnectStorm(5_000),
  presenceHistories(),
  soak,
];

const usage = `usage: npm run chaos -- [--only NAME,NAME] [--skip NAME,NAME] [--rounds NAME=N …] [--scale SHARE] [--write] [--list]
scenarios: ${all.map(({ name, rounds }) => `${name}=${rounds}`).join(" ")}`;

function refuse(problem: string): never {
  console.error(`${problem}\n${usage}`);
  process.exit(2);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        only: { type: "string" },
        skip: { type: "string", default: "" },
        rounds: { type: "string", multiple: true, default: [] },
        scale: { type: "string", default: "1" },
        write: { type: "boolean", default: false },
        list: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const { values, positionals } = readOptions();
const named = (text: string) => text.split(",").filter((name) => name !== "");
const counts = new Map(
  [...values.rounds, ...positionals].map((text) => {
    const [name = "", count = ""] = text.split("=");
    const rounds = Number(count);
    if (!Number.isInteger(rounds) || rounds < 1) refuse(`${text} is not NAME=ROUNDS.`);
    return [name, rounds] as const;
  }),
);
const only = values.only === undefined ? all.map(({ name }) => name) : named(values.only);
const skip = new Set(named(values.skip));
for (const name of [...only, ...skip, ...counts.keys()]) {
  if (all.every((scenario) => scenario.name !== name)) refuse(`There is no scenario ${name}.`);
}
if (values.list) {
  for (const { name, rounds, round } of all) console.log(`${name}\t${rounds} × ${round}`);
  process.exit(0);
}

/** What the scenario found; that it could not be run to its end is a finding too. */
async function findings(scenario: ChaosScenario, input: ScenarioInput): Promise<Finding> {
  try {
    return await scenario.run(input);
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { problems: [problem], facts: {} };
  } finally {
    await input.place.stop();
  }
}

/** Runs one scenario in an installation of its own and prints what it found as one JSON line. */
async function runOne(scenario: ChaosScenario): Promise<boolean> {
  const scaled = Math.max(1, Math.round(scenario.rounds * Number(values.scale)));
  const rounds = counts.get(scenario.name) ?? scaled;
  const startedAt = Date.now();
  const say = (line: string) => console.error(`  ${line}`);
  console.error(`${scenario.name}: ${rounds} × ${scenario.round}`);
  const place = await startInstallation();
  const head = { scenario: scenario.name, at: new Date(startedAt).toISOString() };
  const found = await findings(scenario, { place, rounds, say, write: values.write });
  const result = {
    ...head,
    machine: machine(),
    seconds: Math.round((Date.now() - startedAt) / 1000),
    rounds,
    ok: found.problems.length === 0,
    ...found,
  };
  console.log(JSON.stringify(result));
  if (values.write) writeChaosResult(result);
  return result.ok;
}

const failed: string[] = [];
const chosen = all.filter(({ name }) => only.includes(name) && !skip.has(name));
for (const scenario of chosen) if (!(await runOne(scenario))) failed.push(scenario.name);
console.error(
  failed.length === 0
    ? `All ${chosen.length} scenarios held.`
    : `${failed.length} of ${chosen.length} scenarios failed: ${failed.join(", ")}`,
);
process.exit(failed.length === 0 ? 0 : 1);
