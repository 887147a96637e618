import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { problem, type Answer } from "#server/gateway/https/answer.ts";
import type { HttpsBounds } from "#server/gateway/https/bounds.ts";
import {
  BodyBroken,
  BodyTooLarge,
  deviceRequest,
  type DeviceRequest,
} from "#server/gateway/https/device-request.ts";
import { createKeyedBuckets } from "#server/gateway/keyed-buckets.ts";
import type { RefusalRecorder } from "#server/gateway/refusal.ts";
import { addressOf } from "#server/gateway/tcp-socket.ts";

/** Answers the requests below some path; undefined for those that are not its own. */
export type DeviceRoute = (request: DeviceRequest) => Promise<Answer | undefined>;

export type ServeParts = {
  readonly routes: readonly DeviceRoute[];
  readonly refusals: RefusalRecorder;
  readonly bounds: HttpsBounds;
  readonly log: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/** Answers the requests of a port: at a bounded rate, always with words, and never with an exception. */
export function createServe(
  parts: ServeParts,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { bounds, refusals, now } = parts;
  const { requestsPerSecond: perSecond } = bounds;
  const rates = createKeyedBuckets({ perSecond, burst: perSecond * 4, now });
  return (request, response) => {
    const remote = addressOf(request.socket);
    if (rates.take(remote)) {
      void answerOf(parts, request).then((answer) => write(request, response, answer));
      return;
    }
    const detail = `More than ${perSecond} requests a second came from the network of ${remote}.`;
    const remedy = "Let the clients wait a random time before they try again.";
    refusals.record(
      { claimedId: "", tenantId: null, deviceKey: null, sha256: "", remote, transport: "https" },
      { cause: "rate", detail, remedy },
    );
    write(request, response, problem(429, `${detail} ${remedy}`, { "retry-after": "10" }));
  };
}

async function answerOf({ routes, log }: ServeParts, incoming: IncomingMessage): Promise<Answer> {
  try {
    const request = deviceRequest(incoming);
    for (const route of routes) {
      const answer = await route(request);
      if (answer !== undefined) return answer;
    }
    return problem(404, "There is nothing at this address.");
  } catch (error) {
    if (error instanceof BodyTooLarge) return problem(413, error.message);
    if (error instanceof BodyBroken) return problem(400, error.message);
    log.warn({ event: "https.request_failed", err: error });
    return problem(503, "The server cannot answer at the moment. Try again later.", {
      "retry-after": "5",
    });
  }
}

function write(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  const { status, headers, body } = answer;
  response.writeHead(status, {
    "cache-control": "no-store",
    "content-length": String(Buffer.byteLength(body)),
    // What follows an unread body cannot be told from it.
    ...(request.complete ? {} : { connection: "close" }),
    ...headers,
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
