import { request as httpRequest } from "node:http";
import { readLines } from "#server/live/lines.ts";
import type { ConsoleLine, WorkerLine } from "#server/live/worker-line.ts";

/** A worker says at least every five seconds that it is alive. */
const silenceMs = 15_000;

/** One console's connection to one worker. */
export type WorkerConnection = {
  /** Tells the worker what is asked for from now on. */
  readonly say: (line: ConsoleLine) => void;
  /** Resolves when the connection has ended, for whatever reason. */
  readonly ended: Promise<void>;
};

/** Follows an interest on one worker until the connection ends or `signal` aborts. */
export function followWorker(input: {
  readonly busPath: string;
  readonly first: ConsoleLine;
  readonly onLine: (line: WorkerLine) => void;
  readonly signal: AbortSignal;
}): WorkerConnection {
  const request = httpRequest({
    socketPath: input.busPath,
    path: "/live",
    method: "POST",
    signal: input.signal,
    timeout: silenceMs,
  });
  const say = (line: ConsoleLine): void => {
    if (!request.destroyed) request.write(`${JSON.stringify(line)}\n`);
  };
  const ended = new Promise<void>((resolve) => {
    request.once("timeout", () => request.destroy());
    // Whoever follows tries again; why a connection ended makes no difference to that. More than
    // one error may come: the abort, and what it does to a request that is under way.
    request.on("error", () => resolve());
    request.once("response", (response) => {
      if (response.statusCode !== 200) request.destroy();
      // The worker is one of our own processes: its lines are what the type says.
      readLines(response, (text) => input.onLine(JSON.parse(text) as WorkerLine));
      response.once("error", () => resolve());
      response.once("close", () => resolve());
    });
    request.once("close", () => resolve());
  });
  say(input.first);
  return { say, ended };
}
