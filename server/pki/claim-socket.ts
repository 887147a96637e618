import { chmod, mkdir, rmdir, stat, unlink } from "node:fs/promises";
import { connect, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Another process already serves the socket. */
export class SocketInUse extends Error {}

/** The turn lasts milliseconds; one that is this old belongs to a process that died in it. */
const abandonedAfterMs = 5_000;

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}

async function isAbandoned(folder: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(folder)).mtimeMs > abandonedAfterMs;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** One process at a time looks at the socket and replaces it: making a folder is atomic. */
async function inTurn(path: string, work: () => Promise<void>): Promise<void> {
  const turn = `${path}.claim`;
  for (;;) {
    try {
      await mkdir(turn);
      break;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    if (await isAbandoned(turn)) await removeTurn(turn);
    else await sleep(20);
  }
  try {
    await work();
  } finally {
    await removeTurn(turn);
  }
}

async function removeTurn(turn: string): Promise<void> {
  try {
    await rmdir(turn);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** Only a refused connection proves that nobody listens; a busy one has a long queue. */
async function probe(path: string): Promise<"absent" | "dead" | "alive"> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve("alive");
    });
    socket.once("error", (error) => {
      const code = codeOf(error);
      if (code === "ENOENT") resolve("absent");
      else resolve(code === "ECONNREFUSED" ? "dead" : "alive");
    });
  });
}

async function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/**
 * Listens on a Unix socket that only this user can open (its folder is private as well). The file
 * of a process that died is replaced.
 * @throws SocketInUse when a live process serves it
 */
export async function claimSocket(server: Server, path: string): Promise<void> {
  await inTurn(path, async () => {
    const found = await probe(path);
    if (found === "alive") {
      throw new SocketInUse(
        `Another signer already serves ${path}. Stop it first, or use another DATA_DIR.`,
      );
    }
    if (found === "dead") await unlink(path);
    await listen(server, path);
    await chmod(path, 0o600);
  });
}
