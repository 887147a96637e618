import { chmodSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { LiveFrame } from "#server/domain/live.ts";
import type { LiveBus, LiveSubscription } from "#server/live/bus.ts";
import { readLines } from "#server/live/lines.ts";
import { readConsoleLine, type WorkerLine } from "#server/live/worker-line.ts";

export type LiveServer = { stop(): Promise<void> };

/** A silent stream still shows the reader that its worker lives. */
const aliveEveryMs = 5000;
/** Consoles, not people: a console follows once for all its viewers, and once for each live tail. */
const maxConnections = 2000;

/**
 * Serves the live bus to the consoles of this machine: `POST /live` takes one interest per line for
 * as long as it is open, and answers with one JSON line for each thing told. A new interest takes
 * the place of the one before without missing what both ask for. The socket is for this user only;
 * the console has authorised the interest.
 */
export async function serveLive(input: {
  readonly bus: LiveBus;
  readonly path: string;
}): Promise<LiveServer> {
  // A console's request lasts as long as the console does.
  const server = createServer({ requestTimeout: 0 }, (request, response) =>
    answer(input.bus, request, response),
  );
  // A worker that was killed leaves its socket behind.
  rmSync(input.path, { force: true });
  await listen(server, input.path);
  chmodSync(input.path, 0o600);
  return {
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      rmSync(input.path, { force: true });
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function answer(bus: LiveBus, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== "POST" || request.url !== "/live") return refuse(response, 404);
  if (bus.viewers >= maxConnections) return refuse(response, 503);
  const send = (line: WorkerLine): void => {
    response.write(`${JSON.stringify(line)}\n`);
  };
  let subscription: LiveSubscription | undefined;
  let alive: NodeJS.Timeout | undefined;
  readLines(request, (text) => {
    const line = readConsoleLine(text);
    if (line === undefined) {
      if (response.headersSent) response.destroy();
      else refuse(response, 400);
      return;
    }
    if (subscription === undefined) {
      response.writeHead(200, {
        "content-type": "application/x-ndjson",
        "cache-control": "no-store",
      });
      subscription = bus.subscribe({
        interest: line.interest,
        isReady: () => !response.writableNeedDrain,
        send: (frame) => send(asLine(frame)),
      });
      alive = setInterval(() => {
        if (!response.writableNeedDrain) send({ kind: "alive" });
      }, aliveEveryMs);
    } else {
      subscription.change(line.interest);
    }
    send({ kind: "taken", version: line.version });
  });
  response.once("close", () => {
    clearInterval(alive);
    subscription?.end();
    subscription = undefined;
  });
}

/** The bus itself never says hello: that is for the console to say. */
function asLine(frame: LiveFrame): WorkerLine {
  return frame.kind === "hello" ? { kind: "alive" } : frame;
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: "close" }).end();
}
