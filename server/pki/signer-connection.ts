import { connect, type Socket } from "node:net";
import type { z } from "zod";
import { SignerRefusal, SignerUnavailable } from "#server/pki/signer-errors.ts";
import { lineReader, longestAnswer, type SignerFailure } from "#server/pki/signer-protocol.ts";

/** Connections that are kept for the next request. */
const keptConnections = 4;

type How = {
  readonly patienceMs: number;
  /** Whether it may be asked again when a kept connection turns out to be closed. */
  readonly again: boolean;
};

/** The connection ended before there was an answer. */
class ConnectionLost extends SignerUnavailable {}

type Good<Answer> = Exclude<Answer, SignerFailure>;

/** Requests on the signer's socket, one at a time on each connection. */
export type SignerConnection = {
  /** @throws SignerRefusal, SignerUnavailable */
  ask<Answer extends { readonly ok: boolean }>(
    schema: z.ZodType<Answer>,
    line: string,
    how: How,
  ): Promise<Good<Answer>>;
};

function unavailable(socketPath: string, why: string): SignerUnavailable {
  return new SignerUnavailable(
    `The signer at ${socketPath} ${why}. Check that the signer process runs and read its log.`,
  );
}

function lost(socketPath: string, why: string): ConnectionLost {
  return new ConnectionLost(unavailable(socketPath, why).message);
}

function isFailure(answer: { readonly ok: boolean }): answer is SignerFailure {
  return !answer.ok;
}

function readAnswer<Answer extends { readonly ok: boolean }>(
  socketPath: string,
  schema: z.ZodType<Answer>,
  line: string,
): Good<Answer> {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch (error) {
    throw Object.assign(unavailable(socketPath, "gave no readable answer"), { cause: error });
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw unavailable(socketPath, "gave no readable answer");
  const answer = parsed.data;
  if (!isFailure(answer)) return answer as Good<Answer>;
  switch (answer.error) {
    case "refused":
    case "malformed":
    case "too_large":
      throw new SignerRefusal(answer.message);
    case "slow":
    case "busy":
    case "failed":
      throw unavailable(socketPath, `could not sign: ${answer.message}`);
  }
}

/** Writes the request, resolves with the answer's line. The connection is as before, or destroyed. */
async function exchange(
  socket: Socket,
  line: string,
  { socketPath, patienceMs }: { readonly socketPath: string; readonly patienceMs: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const feed = lineReader(() => longestAnswer);
    const timer = setTimeout(
      () => socket.destroy(unavailable(socketPath, "is too slow")),
      patienceMs,
    );
    const settle = (): void => {
      clearTimeout(timer);
      socket.off("data", onData).off("error", onError).off("close", onClose);
    };
    const onData = (chunk: Buffer): void => {
      const progress = feed(chunk);
      if (progress.state === "more") return;
      if (progress.state === "too-long") {
        socket.destroy(unavailable(socketPath, "gave no readable answer"));
        return;
      }
      settle();
      resolve(progress.line);
    };
    const onError = (error: Error): void => {
      settle();
      reject(
        error instanceof SignerUnavailable
          ? error
          : Object.assign(lost(socketPath, "does not answer"), { cause: error }),
      );
    };
    const onClose = (): void => {
      settle();
      reject(lost(socketPath, "closed the connection without an answer"));
    };
    socket.on("data", onData).on("error", onError).on("close", onClose);
    socket.write(`${line}\n`);
  });
}

/** Connections that nobody uses now. They keep no process alive. */
function createPool(socketPath: string): {
  take(): Socket | undefined;
  open(): Socket;
  give(socket: Socket): void;
} {
  const idle: Socket[] = [];
  return {
    take: () => {
      const socket = idle.pop();
      socket?.ref();
      return socket;
    },
    open: () => {
      const socket = connect(socketPath);
      socket.on("error", () => socket.destroy());
      socket.on("end", () => socket.destroy());
      socket.on("close", () => {
        const position = idle.indexOf(socket);
        if (position !== -1) idle.splice(position, 1);
      });
      return socket;
    },
    give: (socket) => {
      if (socket.destroyed || !socket.writable || idle.length >= keptConnections) {
        socket.destroy();
        return;
      }
      socket.unref();
      idle.push(socket);
    },
  };
}

/** Connects when something is asked, and not before. */
export function signerConnection(socketPath: string): SignerConnection {
  const pool = createPool(socketPath);
  const once = async (socket: Socket, line: string, patienceMs: number): Promise<string> => {
    const answer = await exchange(socket, line, { socketPath, patienceMs });
    pool.give(socket);
    return answer;
  };
  const askLine = async (line: string, { patienceMs, again }: How): Promise<string> => {
    const kept = again ? pool.take() : undefined;
    if (kept !== undefined) {
      try {
        return await once(kept, line, patienceMs);
      } catch (error) {
        // A signer that was started again has closed what was kept.
        if (!(error instanceof ConnectionLost)) throw error;
      }
    }
    return once(pool.open(), line, patienceMs);
  };
  return {
    ask: async (schema, line, how) => readAnswer(socketPath, schema, await askLine(line, how)),
  };
}
