import { chmod, rename, rm } from "node:fs/promises";
import { connect, type Server } from "node:net";

/** Another process already serves the socket. */
export class SocketInUse extends Error {}

async function listen(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      server.off("listening", listening);
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    };
    const listening = (): void => {
      server.off("error", failed);
      resolve(true);
    };
    server.once("error", failed);
    server.once("listening", listening);
    server.listen(path);
  });
}

async function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function inUse(path: string): SocketInUse {
  return new SocketInUse(
    `Another signer already serves ${path}. Stop it first, or use another DATA_DIR.`,
  );
}

/**
 * Takes away the socket file of a process that died. It is moved aside before the last look, so
 * that of two starts at once neither can delete the socket on which the other already listens.
 */
async function removeStale(path: string): Promise<void> {
  if (await answers(path)) throw inUse(path);
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    // The other start has moved it first.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if (await answers(aside)) {
    await rename(aside, path);
    throw inUse(path);
  }
  await rm(aside, { force: true });
}

/**
 * Listens on a Unix socket that only this user can open (its folder is private as well). The file
 * of a process that died is replaced.
 * @throws SocketInUse when a live process serves it
 */
export async function claimSocket(server: Server, path: string): Promise<void> {
  if (!(await listen(server, path))) {
    await removeStale(path);
    if (!(await listen(server, path))) throw inUse(path);
  }
  await chmod(path, 0o600);
}
