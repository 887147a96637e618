import { createServer, type Server, type Socket } from "node:net";
import { answerLine } from "#server/pki/answer-line.ts";
import { claimSocket } from "#server/pki/claim-socket.ts";
import type { Signer } from "#server/pki/signer-client.ts";
import {
  lineReader,
  longestRequest,
  type SignerAnswer,
  type SignerFailure,
} from "#server/pki/signer-protocol.ts";

/** What the server tells its log: outcomes, never a request or a key. */
export type SignerEvent =
  | { readonly outcome: "signed"; readonly kind: string; readonly milliseconds: number }
  | { readonly outcome: SignerFailure["error"]; readonly message: string };

type Limits = {
  /** Time in which a caller must have sent its whole request, milliseconds. */
  readonly requestTimeoutMs: number;
  /** How long a connection may wait for its next request, milliseconds. */
  readonly idleTimeoutMs: number;
  readonly connections: number;
  /** Sustained signatures a second, and how many may come at once. */
  readonly perSecond: number;
  readonly burst: number;
};

/** Above what the process can sign on a core, so that a queue, and not this, slows who asks too fast. */
const usualLimits: Limits = {
  requestTimeoutMs: 5_000,
  idleTimeoutMs: 60_000,
  connections: 512,
  perSecond: 4_000,
  burst: 8_000,
};

/** Token bucket; `now` in milliseconds of a monotonic clock. */
function createBucket({ perSecond, burst }: Limits): (nowMs: number) => boolean {
  let tokens = burst;
  let lastMs = 0;
  return (nowMs) => {
    tokens = Math.min(burst, tokens + ((nowMs - lastMs) * perSecond) / 1000);
    lastMs = nowMs;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

type Parts = {
  readonly signer: () => Promise<Signer>;
  readonly onEvent: (event: SignerEvent) => void;
  readonly limits: Limits;
  readonly takeToken: (nowMs: number) => boolean;
  /** Set once no further request is taken. */
  readonly ending: { now: boolean };
};

function failure(error: SignerFailure["error"], message: string): SignerFailure {
  return { ok: false, error, message };
}

/** One connection: a line, its answer, and for envelopes the next line. */
type Connection = {
  /** Closes it when it waits for a further request. */
  endIfIdle(): void;
};

function serve(parts: Parts, socket: Socket): Connection {
  let feed = lineReader(longestRequest);
  let asked = false;
  let timer: NodeJS.Timeout | undefined;
  const reply = (answer: SignerAnswer, goesOn = false): void => {
    clearTimeout(timer);
    if (!answer.ok && answer.error !== "failed") {
      parts.onEvent({ outcome: answer.error, message: answer.message });
    }
    const line = `${JSON.stringify(answer)}\n`;
    if (!goesOn || parts.ending.now) {
      socket.end(line, () => socket.destroySoon());
      return;
    }
    socket.write(line);
    feed = lineReader(longestRequest);
    asked = false;
    timer = setTimeout(() => socket.end(), parts.limits.idleTimeoutMs);
    socket.resume();
  };
  const startTimer = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      asked = true;
      reply(failure("slow", "The request did not arrive in time."));
    }, parts.limits.requestTimeoutMs);
  };
  let begun = true;
  startTimer();
  socket.on("data", (chunk) => {
    if (asked) return;
    if (!begun) startTimer();
    begun = true;
    const progress = feed(chunk);
    if (progress.state === "more") return;
    asked = true;
    begun = false;
    socket.pause();
    clearTimeout(timer);
    if (progress.state === "too-long") {
      reply(failure("too_large", "The request is too large."));
    } else {
      void answerLine(parts, progress.line).then(({ answer, goesOn }) => reply(answer, goesOn));
    }
  });
  // A caller that went away needs no answer; its signature, if any, is in the log.
  socket.on("error", () => socket.destroy());
  socket.on("close", () => clearTimeout(timer));
  return {
    endIfIdle: () => {
      if (!begun && !asked) socket.end();
    },
  };
}

/** A signer that answers on its socket. */
export type SignerServer = {
  /** Stops listening and waits until running requests have been answered. */
  stop(): Promise<void>;
};

async function close(
  server: Server,
  open: ReadonlyMap<Socket, Connection>,
  patienceMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const timer = setTimeout(() => {
    for (const socket of open.keys()) socket.destroy();
  }, patienceMs);
  await closed;
  clearTimeout(timer);
}

/**
 * Serves a signer on a Unix socket, mode 0600. The socket is claimed before `openSigner` runs, so
 * of two processes only one ever opens the CA.
 * @throws SocketInUse when a live signer serves the socket; whatever `openSigner` throws
 */
export async function serveSigner(input: {
  readonly socketPath: string;
  readonly openSigner: () => Promise<Signer>;
  readonly onEvent: (event: SignerEvent) => void;
  readonly limits?: Partial<Limits>;
}): Promise<SignerServer> {
  const limits = { ...usualLimits, ...input.limits };
  const ready = Promise.withResolvers<Signer>();
  // Callers of the first moments wait for it; that it failed is told by this function.
  ready.promise.catch(() => undefined);
  const ending = { now: false };
  const parts: Parts = {
    ending,
    signer: () => ready.promise,
    onEvent: input.onEvent,
    limits,
    takeToken: createBucket(limits),
  };
  const open = new Map<Socket, Connection>();
  const server = createServer((socket) => {
    open.set(socket, serve(parts, socket));
    socket.once("close", () => open.delete(socket));
  });
  server.maxConnections = limits.connections;
  await claimSocket(server, input.socketPath);
  try {
    ready.resolve(await input.openSigner());
  } catch (error) {
    ready.reject(error);
    await close(server, open, 0);
    throw error;
  }
  return {
    stop: () => {
      ending.now = true;
      for (const connection of open.values()) connection.endIfIdle();
      return close(server, open, 2_000);
    },
  };
}
