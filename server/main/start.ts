import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { migrate } from "#server/db/migrate.ts";
import { openDatabase, type Database } from "#server/db/client.ts";
import { readEnv, signerOnly, type Env } from "#server/env.ts";
import { ChildFailed, keepRunning, type Child } from "#server/main/child.ts";
import { startDatabase } from "#server/main/database.ts";
import { firstAdministrator } from "#server/main/first-administrator.ts";
import { lockInstance } from "#server/main/instance-lock.ts";
import { writeRuntime, type Runtime } from "#server/main/runtime-file.ts";
import { loadSecrets } from "#server/main/secrets.ts";
import { sharePorts } from "#server/main/share-ports.ts";
import { startWorkers, type Workers } from "#server/main/workers.ts";

type Options = { readonly demo: boolean; readonly dev: boolean };
type Stop = () => Promise<void> | void;

const say = (line: string): void => console.log(line);

/** Stops in reverse order of start; a part that fails to stop does not keep the others alive. */
async function stopAll(stops: Stop[]): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) {
    try {
      await stop();
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }
}

type Parts = {
  readonly env: Env;
  readonly options: Options;
  /** For every process but the signer, which alone learns how CA keys are opened. */
  readonly childEnv: Readonly<Record<string, string>>;
  readonly signerEnv: Readonly<Record<string, string>>;
  readonly runtime: Runtime;
  readonly stops: Stop[];
};

async function startChild(
  parts: Parts,
  child: {
    readonly name: string;
    readonly file: string;
    readonly parameters?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<Child> {
  const running = await keepRunning({
    ...child,
    file: path.join(import.meta.dirname, child.file),
    env: child.env ?? parts.childEnv,
    logFolder: path.join(parts.env.DATA_DIR, "log"),
    onRestart: say,
  });
  parts.stops.push(() => running.stop());
  return running;
}

async function startProcesses(parts: Parts): Promise<Workers> {
  await startChild(parts, { name: "signer", file: "signer.ts", env: parts.signerEnv });
  // The workers wait for nobody; the console takes longer, so they start at once.
  const [workers] = await Promise.all([
    startAllWorkers(parts),
    startChild(parts, {
      name: "console",
      file: "console.ts",
      parameters: parts.options.dev ? ["--dev"] : [],
    }),
  ]);
  return workers;
}

async function startAllWorkers({ env, childEnv, runtime, stops }: Parts): Promise<Workers> {
  const workers = await startWorkers({
    settings: env,
    env: childEnv,
    sharesPorts: await sharePorts(env),
    logFolder: path.join(env.DATA_DIR, "log"),
    say,
    onChange: (entries) => writeRuntime(env.DATA_DIR, { ...runtime, workers: [...entries] }),
  });
  stops.push(() => workers.stop());
  return workers;
}

async function withDatabase<T>(url: string, work: (db: Database) => Promise<T>): Promise<T> {
  const db = openDatabase({ url, max: 2 });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** @returns the workers, which may be restarted */
async function start(options: Options, stops: Stop[]): Promise<Workers> {
  const env = readEnv();
  stops.push(lockInstance(env.DATA_DIR));
  const secrets = loadSecrets(env.DATA_DIR);
  const database = await startDatabase({ env, secrets, onRestart: say });
  stops.push(() => database.stop());
  const urls = await migrate({
    ownerUrl: database.ownerUrl,
    passwords: { app: secrets.appPassword, ingest: secrets.ingestPassword },
  });
  const runtime: Runtime = {
    ownerUrl: database.ownerUrl,
    appUrl: urls.appUrl,
    ingestUrl: urls.ingestUrl,
    publicUrl: env.PUBLIC_URL,
    supervisorPid: process.pid,
    workers: [],
  };
  writeRuntime(env.DATA_DIR, runtime);
  const signerEnv = {
    APP_DATABASE_URL: urls.appUrl,
    INGEST_DATABASE_URL: urls.ingestUrl,
    SESSION_SECRET: secrets.sessionSecret,
    ENCRYPTION_KEY: env.ENCRYPTION_KEY ?? secrets.encryptionKey,
    DATABASE_URL: "",
    ADMIN_EMAIL: "",
    ADMIN_PASSWORD: "",
    DATA_DIR: env.DATA_DIR,
    PUBLIC_URL: env.PUBLIC_URL,
    NEXTAUTH_URL: env.PUBLIC_URL,
  };
  const withheld = Object.fromEntries(signerOnly.map((name) => [name, ""]));
  const childEnv = { ...signerEnv, ...withheld };
  // Before anything answers: who waits for /readyz may sign in at once.
  const wayIn = await withDatabase(urls.appUrl, (db) =>
    firstAdministrator({ db, env, demo: options.demo }),
  );
  const parts = { env, options, childEnv, signerEnv, runtime, stops };
  const workers = await startProcesses(parts);

  say(`\nQuayside is ready: ${env.PUBLIC_URL}`);
  say(
    `Devices connect to mqtts://localhost:${env.MQTTS_PORT} (certificate) or, from this machine, mqtt://127.0.0.1:${env.MQTT_PORT} (user name and token); over WebSocket to wss://localhost:${env.MQTT_WSS_PORT}/mqtt or ws://127.0.0.1:${env.MQTT_WS_PORT}/mqtt. They enrol by EST at https://localhost:${env.DEVICE_HTTPS_PORT}/.well-known/est. Who is revoked is read at ${env.PKI_URL}.`,
  );
  for (const line of wayIn) say(line);
  if (options.demo) await startChild(parts, { name: "demo", file: "demo.ts" });
  say(`Logs: ${path.join(env.DATA_DIR, "log")}. Stop with Ctrl-C.`);
  return workers;
}

/** One worker after the other; SIGHUP is what tells a service to begin anew. */
async function restartWorkers(workers: Workers): Promise<void> {
  say("Restarting the workers, one after the other.");
  try {
    await workers.restart();
    say("The workers are restarted.");
  } catch (error) {
    say(`${explain(error)}\nThe workers before it run on as they were.`);
  }
}

/** Whether the terminal that this was started from, if any, is still there. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}

function explain(error: unknown): string {
  if (error instanceof ChildFailed)
    return `${error.message} Its last words:\n${lastLines(error.output)}`;
  return error instanceof Error ? error.message : String(error);
}

function lastLines(output: string): string {
  return output
    .trim()
    .split("\n")
    .slice(-8)
    .map((line) => `  ${line}`)
    .join("\n");
}

const { values } = parseArgs({
  options: { demo: { type: "boolean", default: false }, dev: { type: "boolean", default: false } },
});
const stops: Stop[] = [];
let ending: Promise<void> | undefined;
function end(status: number): void {
  ending ??= stopAll(stops).then(() => process.exit(status));
}
process.on("SIGINT", () => end(0));
process.on("SIGTERM", () => end(0));
const hadTerminal = hasTerminal();
let workers: Workers | undefined;
process.on("SIGHUP", () => {
  // Also what a terminal sends that is closed.
  if (workers === undefined || (hadTerminal && !hasTerminal())) end(0);
  else void restartWorkers(workers);
});

try {
  workers = await start(values, stops);
} catch (error) {
  // A signal during the start makes its parts fail; that is not an error of the start.
  if (ending === undefined) {
    say(explain(error));
    end(1);
  }
}
