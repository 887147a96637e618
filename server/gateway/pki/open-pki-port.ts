import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import { BodyBroken, BodyTooLarge, deviceRequest } from "#server/gateway/https/device-request.ts";
import type { DeviceRequest } from "#server/gateway/https/device-request.ts";
import { createKeyedBuckets } from "#server/gateway/keyed-buckets.ts";
import { createAdmission } from "#server/gateway/mqtt/admission.ts";
import { listen, type Endpoint } from "#server/gateway/mqtt/open-port.ts";
import { sentence, type PkiAnswer } from "#server/gateway/pki/answer.ts";
import type { PkiBounds } from "#server/gateway/pki/bounds.ts";
import { addressOf } from "#server/gateway/tcp-socket.ts";

/** Answers the requests below some path; undefined for those that are not its own. */
export type PkiRoute = (request: DeviceRequest) => Promise<PkiAnswer | undefined>;

/** The plain port on which everybody may read what is revoked. */
export type PkiPort = {
  /** As bound; of use when 0 was asked for. */
  readonly port: number;
  /** Takes no more connections, lets requests under way end, and cuts what is left. */
  stop(): Promise<void>;
};

type Parts = {
  readonly endpoint: Endpoint;
  readonly routes: readonly PkiRoute[];
  readonly bounds: PkiBounds;
  readonly log: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

const checkIntervalMs = 1_000;

/**
 * Opens the port: HTTP/1.1 without TLS, because who checks a certificate cannot be asked to check
 * another one first (RFC 5280 §8), within strict bounds.
 * @throws Error that names the port, its setting and the remedy
 */
export async function openPkiPort(parts: Parts): Promise<PkiPort> {
  const { bounds, endpoint, log } = parts;
  const server = createServer(
    {
      headersTimeout: bounds.headersTimeoutMs,
      requestTimeout: bounds.requestTimeoutMs,
      keepAliveTimeout: bounds.idleTimeoutMs,
      connectionsCheckingInterval: checkIntervalMs,
      maxHeaderSize: bounds.maxHeaderBytes,
      keepAlive: true,
      noDelay: true,
    },
    createServe(parts),
  );
  server.maxRequestsPerSocket = bounds.requestsPerConnection;
  const sockets = watchSockets(parts, server);
  const port = await listen(server, endpoint);
  server.on("error", (error) => log.error({ event: "pki.listener_error", err: error, port }));
  return { port, stop: () => stop(server, sockets, bounds.drainMs) };
}

/** Admits sockets; nobody is recorded, as nobody here is a device. @returns those that are open */
function watchSockets({ bounds, now }: Parts, server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  const admission = createAdmission(bounds, now);
  server.on("connection", (socket: Socket) => {
    const evict = (): void => void socket.resetAndDestroy();
    const admitted = admission({ remote: addressOf(socket), open: sockets.size, evict });
    if (admitted.kind !== "cut") {
      sockets.add(socket);
      socket.once("close", () => {
        sockets.delete(socket);
        admitted.place.leave();
      });
    }
    if (admitted.kind !== "serve") socket.resetAndDestroy();
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const status = broken[error.code ?? ""] ?? "400 Bad Request";
    socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  });
  return sockets;
}

/** By the code of Node's HTTP parser. */
const broken: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** Answers at a bounded rate, always with words or bytes, and never with an exception. */
function createServe(parts: Parts): (request: IncomingMessage, response: ServerResponse) => void {
  const { requestsPerSecond: perSecond } = parts.bounds;
  const rates = createKeyedBuckets({ perSecond, burst: perSecond * 4, now: parts.now });
  return (request, response) => {
    if (!rates.take(addressOf(request.socket))) {
      const words = `More than ${perSecond} requests a second came from your network.`;
      write(request, response, sentence(429, words, { "retry-after": "10" }));
      return;
    }
    void answerOf(parts, request).then((answer) => write(request, response, answer));
  };
}

async function answerOf({ routes, log }: Parts, incoming: IncomingMessage): Promise<PkiAnswer> {
  try {
    const request = deviceRequest(incoming);
    for (const route of routes) {
      const answer = await route(request);
      if (answer !== undefined) return answer;
    }
    return sentence(404, "There is nothing at this address.");
  } catch (error) {
    if (error instanceof BodyTooLarge) return sentence(413, error.message);
    if (error instanceof BodyBroken) return sentence(400, error.message);
    log.warn({ event: "pki.request_failed", err: error });
    const words = "The server cannot answer at the moment. Try again later.";
    return sentence(503, words, { "retry-after": "5" });
  }
}

function write(request: IncomingMessage, response: ServerResponse, answer: PkiAnswer): void {
  if (response.destroyed) return;
  const { status, headers, body } = answer;
  response.writeHead(status, {
    "x-content-type-options": "nosniff",
    ...(status === 304 ? {} : { "content-length": String(body.byteLength) }),
    // What follows an unread body cannot be told from it.
    ...(request.complete ? {} : { connection: "close" }),
    ...headers,
  });
  response.end(request.method === "HEAD" || status === 304 ? undefined : body);
}

async function stop(server: Server, sockets: ReadonlySet<Socket>, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const timer = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, drainMs);
  await closed;
  clearTimeout(timer);
}
