import { parseArgs } from "node:util";
import { runScenario, type Scenario } from "#bench/harness.ts";
import { ingest } from "#bench/scenarios/ingest.ts";
import { latency } from "#bench/scenarios/latency.ts";

const scenarios: Readonly<Record<string, Scenario>> = { ingest, latency };

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "5" } },
  allowPositionals: true,
});
const rounds = Number(values.rounds);
const names = positionals.length > 0 ? positionals : Object.keys(scenarios);
const unknown = names.filter((name) => !(name in scenarios));

if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(
    `usage: npm run bench -- [${Object.keys(scenarios).join("|")}]… [--rounds N]${unknown.length > 0 ? `; there is no ${unknown.join(", ")}` : ""}`,
  );
  process.exit(2);
}

for (const name of names) {
  const scenario = scenarios[name];
  if (scenario === undefined) continue;
  // Progress on standard error; one JSON line per scenario on standard output.
  const result = await runScenario(scenario, { rounds, say: (line) => console.error(line) });
  console.log(JSON.stringify(result));
}
process.exit(0);
