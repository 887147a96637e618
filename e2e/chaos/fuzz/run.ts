import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { watchCoverage } from "#e2e/chaos/fuzz/coverage.ts";
import { csrTarget } from "#e2e/chaos/fuzz/csr-target.ts";
import { decoderTarget } from "#e2e/chaos/fuzz/decoder-target.ts";
import { decoders } from "#e2e/chaos/fuzz/decoders.ts";
import { mqttTarget, type FuzzTarget } from "#e2e/chaos/fuzz/mqtt-target.ts";
import { mutate, seededRandom } from "#e2e/chaos/fuzz/mutate.ts";
import { ocspTarget } from "#e2e/chaos/fuzz/ocsp-target.ts";

/*
 * Coverage-guided fuzzing: inputs that make a block run for the first time are kept and changed
 * further. The corpus and what was found stay in .build/fuzz/, so the next run goes on from there.
 */

const targets: Readonly<Record<string, () => FuzzTarget | Promise<FuzzTarget>>> = {
  mqtt: mqttTarget,
  csr: csrTarget,
  ocsp: ocspTarget,
  ...Object.fromEntries(
    Object.entries(decoders).map(([name, open]) => [name, () => decoderTarget(open())]),
  ),
};
const usage = `usage: npm run fuzz -- ${Object.keys(targets).join("|")} [--seconds N] [--seed N] [--input FILE]`;

const { values, positionals } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    input: { type: "string" },
  },
  allowPositionals: true,
});
const [name = ""] = positionals;
const start = targets[name];
if (start === undefined) {
  console.error(usage);
  process.exit(2);
}

const maxHeapBytes = 512 * 2 ** 20;
const maxStallMs = 200;
const folder = path.resolve(import.meta.dirname, "../../../.build/fuzz", name);
const corpusFolder = path.join(folder, "corpus");
mkdirSync(corpusFolder, { recursive: true });

const nameOf = (input: Buffer) => createHash("sha256").update(input).digest("hex").slice(0, 16);
let current: Buffer = Buffer.alloc(0);

function report(error: unknown): never {
  const file = path.join(folder, `found-${nameOf(current)}.bin`);
  writeFileSync(file, current);
  console.error(error);
  console.error(`The input is in ${file}; try it with --input ${file}`);
  process.exit(1);
}
process.on("uncaughtException", report);
process.on("unhandledRejection", report);

const target = await start();
if (values.input !== undefined) {
  current = readFileSync(values.input);
  await target.run(current);
  await target.check();
  console.log("The input does no harm.");
  process.exit(0);
}

const random = seededRandom(Number(values.seed));
const coverage = watchCoverage((url) => target.isWatched(url));
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
const kept = readdirSync(corpusFolder).map((file) => readFileSync(path.join(corpusFolder, file)));
const corpus: Buffer[] = [];
const untried = [...target.seeds, ...kept];
const startedAt = performance.now();
const endAt = startedAt + Number(values.seconds) * 1000;
let executions = 0;
let saidAt = startedAt;

function next(): Buffer {
  const given = untried.shift();
  if (given !== undefined) return given;
  // New finds are tried more often than what has been changed a thousand times.
  const recent = random() < 0.5 ? Math.max(0, corpus.length - 30) : 0;
  const pick = (from: number) => corpus[from + Math.floor(random() * (corpus.length - from))];
  return mutate(pick(recent) ?? Buffer.alloc(2), pick(0) ?? Buffer.alloc(2), random);
}

async function runOne(): Promise<void> {
  current = next();
  executions += 1;
  await target.run(current);
  if (coverage.takeNew() > 0) {
    corpus.push(current);
    writeFileSync(path.join(corpusFolder, nameOf(current)), current);
  }
  if (executions % 500 === 0) {
    await target.check();
    const heap = process.memoryUsage().heapUsed;
    if (heap > maxHeapBytes) throw new Error(`The heap has grown to ${heap} bytes.`);
  }
}

try {
  while (performance.now() < endAt) {
    delay.reset();
    await runOne();
    // Taking the coverage is in the stall too; it takes a few milliseconds.
    if (executions > 200 && delay.max / 1e6 > maxStallMs) {
      throw new Error(`The event loop stood still for ${Math.round(delay.max / 1e6)} ms.`);
    }
    if (performance.now() - saidAt > 10_000) {
      saidAt = performance.now();
      console.error(`${executions} inputs, ${corpus.length} kept, ${coverage.seen} features`);
    }
  }
  await target.check();
} catch (error) {
  report(error);
}
coverage.stop();
const seconds = Math.round((performance.now() - startedAt) / 1000);
console.log(
  JSON.stringify({
    fuzz: name,
    seed: Number(values.seed),
    seconds,
    inputs: executions,
    kept: corpus.length,
    features: coverage.seen,
  }),
);
await target.stop();
process.exit(0);
