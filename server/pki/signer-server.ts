import { createServer, type Server, type Socket } from "node:net";
import { claimSocket } from "#server/pki/claim-socket.ts";
import { SignerRefusal, type CertificateRequest, type Signer } from "#server/pki/signer-client.ts";
import { lineReader, type SignerAnswer } from "#server/pki/signer-protocol.ts";

/** What the server tells its log: outcomes, never a request or a key. */
export type SignerEvent =
  | { readonly outcome: "signed"; readonly kind: string; readonly milliseconds: number }
  | {
      readonly outcome: Extract<SignerAnswer, { ok: false }>["error"];
      readonly message: string;
    };

type Limits = {
  /** Time in which a caller must have sent its whole request, milliseconds. */
  readonly requestTimeoutMs: number;
  readonly connections: number;
  /** Sustained signatures a second, and how many may come at once. */
  readonly perSecond: number;
  readonly burst: number;
};

const usualLimits: Limits = {
  requestTimeoutMs: 5_000,
  connections: 128,
  perSecond: 400,
  burst: 2_000,
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
};

function failure(
  error: Extract<SignerAnswer, { ok: false }>["error"],
  message: string,
): Extract<SignerAnswer, { ok: false }> {
  return { ok: false, error, message };
}

async function answerTo(parts: Parts, line: string): Promise<SignerAnswer> {
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch {
    return failure("malformed", "The request is not a line of JSON.");
  }
  if (!parts.takeToken(performance.now())) {
    return failure("busy", "Too many signatures were asked for at once.");
  }
  const startedAt = performance.now();
  try {
    const signer = await parts.signer();
    // The signer parses it before anything else.
    const signed = await signer.sign(request as CertificateRequest);
    const milliseconds = performance.now() - startedAt;
    const kind = (request as CertificateRequest).kind;
    parts.onEvent({ outcome: "signed", kind, milliseconds });
    return { ok: true, ...signed };
  } catch (error) {
    if (error instanceof SignerRefusal) return failure("refused", error.message);
    const cause = error instanceof Error ? error.message : String(error);
    parts.onEvent({ outcome: "failed", message: cause });
    return failure("failed", "The signer met an error of its own.");
  }
}

function serve(parts: Parts, socket: Socket): void {
  const feed = lineReader();
  let asked = false;
  const reply = (answer: SignerAnswer): void => {
    clearTimeout(timer);
    if (!answer.ok && answer.error !== "failed") {
      parts.onEvent({ outcome: answer.error, message: answer.message });
    }
    socket.end(`${JSON.stringify(answer)}\n`, () => socket.destroySoon());
  };
  const timer = setTimeout(() => {
    asked = true;
    reply(failure("slow", "The request did not arrive in time."));
  }, parts.limits.requestTimeoutMs);
  socket.on("data", (chunk) => {
    if (asked) return;
    const progress = feed(chunk);
    if (progress.state === "more") return;
    asked = true;
    socket.pause();
    clearTimeout(timer);
    if (progress.state === "too-long") {
      reply(failure("too_large", "The request is too large."));
    } else {
      void answerTo(parts, progress.line).then(reply);
    }
  });
  // A caller that went away needs no answer; its signature, if any, is in the log.
  socket.on("error", () => socket.destroy());
  socket.on("close", () => clearTimeout(timer));
}

/** A signer that answers on its socket. */
export type SignerServer = {
  /** Stops listening and waits until running requests have been answered. */
  stop(): Promise<void>;
};

async function close(server: Server, open: ReadonlySet<Socket>, patienceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const timer = setTimeout(() => open.forEach((socket) => socket.destroy()), patienceMs);
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
  const parts: Parts = {
    signer: () => ready.promise,
    onEvent: input.onEvent,
    limits,
    takeToken: createBucket(limits),
  };
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    serve(parts, socket);
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
  return { stop: () => close(server, open, 2_000) };
}
