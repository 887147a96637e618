import { chmodSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { z } from "zod";
import { liveOutcomes, type LiveFrame, type LiveInterest } from "#server/domain/live.ts";
import type { LiveBus } from "#server/live/bus.ts";

export type LiveServer = { stop(): Promise<void> };

const deviceKeyText = /^\d{1,19}$/;

const interestShape = z.object({
  tenantId: z.uuid(),
  deviceKeys: z.array(z.string().regex(deviceKeyText)).max(1000),
  fleet: z.boolean(),
  refusals: z.boolean(),
  tail: z
    .object({
      deviceKey: z.string().regex(deviceKeyText).exactOptional(),
      profileId: z.uuid().exactOptional(),
      outcome: z.enum(liveOutcomes).exactOptional(),
      topic: z.string().max(1024).exactOptional(),
      text: z.string().min(1).max(200).exactOptional(),
    })
    .exactOptional(),
}) satisfies z.ZodType<LiveInterest>;

/** A silent stream still shows the reader that its worker lives. */
const helloEveryMs = 5000;
const maxViewers = 2000;

/**
 * Serves the live bus to the consoles of this machine: `GET /live?interest=<JSON>` answers with one
 * JSON frame per line. The socket is for this user only; the console has authorised the interest.
 */
export async function serveLive(input: {
  readonly bus: LiveBus;
  readonly path: string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}): Promise<LiveServer> {
  // An interest names up to a thousand devices in its address.
  const server = createServer({ maxHeaderSize: 128 * 1024 }, (request, response) =>
    answer(input, request, response),
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

function answer(
  { bus, clock }: { readonly bus: LiveBus; readonly clock: () => number },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? "/", "http://worker");
  if (request.method !== "GET" || url.pathname !== "/live") return refuse(response, 404);
  const interest = readInterest(url.searchParams.get("interest") ?? "");
  if (interest === undefined) return refuse(response, 400);
  if (bus.viewers >= maxViewers) return refuse(response, 503);

  response.writeHead(200, {
    "content-type": "application/x-ndjson",
    "cache-control": "no-store",
  });
  const send = (frame: LiveFrame): void => {
    response.write(`${JSON.stringify(frame)}\n`);
  };
  send({ kind: "hello", at: clock() });
  const end = bus.subscribe({ interest, isReady: () => !response.writableNeedDrain, send });
  const timer = setInterval(() => {
    if (!response.writableNeedDrain) send({ kind: "hello", at: clock() });
  }, helloEveryMs);
  response.once("close", () => {
    clearInterval(timer);
    end();
  });
}

function readInterest(text: string): LiveInterest | undefined {
  try {
    const parsed = interestShape.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}
