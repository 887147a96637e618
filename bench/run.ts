import { parseArgs } from "node:util";
import { runScenario, type Scenario } from "#bench/harness.ts";
import { batch } from "#bench/scenarios/batch.ts";
import { certificates } from "#bench/scenarios/certificates.ts";
import { chartFrames } from "#bench/scenarios/chart-frames.ts";
import { chartAggregates, charts } from "#bench/scenarios/charts.ts";
import { fleet } from "#bench/scenarios/fleet.ts";
import { ingestMtls } from "#bench/scenarios/ingest-mtls.ts";
import { ingest } from "#bench/scenarios/ingest.ts";
import { latency } from "#bench/scenarios/latency.ts";
import { live } from "#bench/scenarios/live.ts";
import { memoryPlain, memoryTls } from "#bench/scenarios/memory.ts";
import { nullSubscriberReference } from "#bench/scenarios/null-subscriber.ts";
import { overload } from "#bench/scenarios/overload.ts";
import { pagesScenario } from "#bench/scenarios/pages.ts";
import { storm } from "#bench/scenarios/storm.ts";
import { validation } from "#bench/scenarios/validation.ts";
import { pacedViewers, viewers } from "#bench/scenarios/viewers.ts";
import { machine, writeResult } from "#bench/results.ts";

const scenarios: Readonly<Record<string, Scenario>> = {
  ingest,
  validation,
  "ingest-mtls": ingestMtls,
  "null-subscriber": nullSubscriberReference,
  latency,
  overload,
  "memory-tls": memoryTls,
  "memory-plain": memoryPlain,
  storm,
  batch,
  certificates,
  live,
  viewers,
  "viewers-paced": pacedViewers,
  pages: pagesScenario,
  fleet,
  charts,
  "chart-aggregates": chartAggregates,
  frames: chartFrames,
};

const usage = `usage: npm run bench -- [all|${Object.keys(scenarios).join("|")}]… [--rounds N] [--write]
  --write          keeps the result in docs/performance.jsonl and the table of docs/performance.md
  --connections N  of memory-tls, memory-plain and storm, devices of batch, viewers of viewers and viewers-paced, to try them in less time
  --seconds N      of overload and live
  --devices N      of fleet and pages; the former's store is kept in the folder for temporary files
  --values N       of charts and chart-aggregates; their store is kept in the folder for temporary files
  --node-red DIR   measures the Node-RED installed there beside ingest; see bench/node-red.ts`;

function refuse(problem: string): never {
  console.error(`${problem}\n${usage}`);
  process.exit(2);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        rounds: { type: "string" },
        connections: { type: "string" },
        seconds: { type: "string" },
        devices: { type: "string" },
        values: { type: "string" },
        "node-red": { type: "string" },
        write: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  return Number.isInteger(count) && count >= 1 ? count : refuse(`${text} is not a count.`);
}

const { values, positionals } = readOptions();
const isAll = positionals.length === 0 || positionals.includes("all");
const names = isAll ? Object.keys(scenarios) : positionals;
const unknown = names.filter((name) => !Object.hasOwn(scenarios, name));
if (unknown.length > 0) refuse(`There is no ${unknown.join(", ")}.`);
const rounds = countOf(values.rounds);
const settings = {
  connections: countOf(values.connections),
  seconds: countOf(values.seconds),
  devices: countOf(values.devices),
  values: countOf(values.values),
  nodeRed: values["node-red"],
};

for (const name of names) {
  const scenario = scenarios[name];
  if (scenario === undefined) continue;
  // Progress on standard error; one JSON line per scenario on standard output.
  const result = await runScenario(scenario, {
    rounds: rounds ?? scenario.rounds ?? 5,
    say: (line) => console.error(line),
    settings,
  });
  const entry = { ...result, at: new Date().toISOString(), machine: machine() };
  console.log(JSON.stringify(entry));
  if (values.write) writeResult(entry);
}
process.exit(0);
