import { createServer, type Server } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { HttpsBounds } from "#server/gateway/https/bounds.ts";
import { createServe, type ServeParts } from "#server/gateway/https/serve.ts";
import { createAdmission } from "#server/gateway/mqtt/admission.ts";
import { handshakeRefusal } from "#server/gateway/mqtt/handshake-failure.ts";
import { listen, type Endpoint } from "#server/gateway/mqtt/open-port.ts";
import {
  secureContext,
  tlsServerOptions,
  type ListenerTls,
} from "#server/gateway/mqtt/tls-profile.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";
import { addressOf, tcpOf } from "#server/gateway/tcp-socket.ts";

/** The HTTPS port for devices. */
export type HttpsPort = {
  /** As bound; of use when 0 was asked for. */
  readonly port: number;
  reloadTls(tls: ListenerTls): void;
  /** Takes no more connections, lets requests under way end, and cuts what is left. */
  stop(): Promise<void>;
};

type Parts = ServeParts & { readonly endpoint: Endpoint; readonly tls: ListenerTls };

const checkIntervalMs = 1_000;

/**
 * Opens the port: TLS as for MQTT, HTTP/1.1 within strict bounds. A client certificate is asked for
 * and judged by whoever answers the request.
 * @throws Error that names the port, its setting and the remedy
 */
export async function openHttpsPort(parts: Parts): Promise<HttpsPort> {
  const { bounds, endpoint, tls, log } = parts;
  const server = createServer(
    { ...tlsServerOptions(tls, bounds.handshakeTimeoutMs, "http/1.1"), ...httpOptions(bounds) },
    createServe(parts),
  );
  server.maxRequestsPerSocket = bounds.requestsPerConnection;
  const sockets = watchSockets(parts, server);
  const port = await listen(server, endpoint);
  server.on("error", (error) => log.error({ event: "https.listener_error", err: error, port }));
  return {
    port,
    reloadTls: (next) => server.setSecureContext(secureContext(next)),
    stop: () => stop(server, sockets, bounds.drainMs),
  };
}

function httpOptions(bounds: HttpsBounds) {
  return {
    headersTimeout: bounds.headersTimeoutMs,
    requestTimeout: bounds.requestTimeoutMs,
    keepAliveTimeout: bounds.idleTimeoutMs,
    connectionsCheckingInterval: checkIntervalMs,
    maxHeaderSize: bounds.maxHeaderBytes,
    keepAlive: true,
    noDelay: true,
  };
}

/** Admits sockets, and records those that become no request. @returns those that are open */
function watchSockets(parts: Parts, server: Server): ReadonlySet<Socket> {
  const { bounds, refusals, now } = parts;
  const sockets = new Set<Socket>();
  const cut = new WeakSet<Socket>();
  const admission = createAdmission(bounds, now);
  const record = (remote: string, refusal: Refusal): void =>
    refusals.record(
      { claimedId: "", tenantId: null, deviceKey: null, sha256: "", remote, transport: "https" },
      refusal,
    );
  const refuse = (socket: Socket, refusal: Refusal): void => {
    cut.add(socket);
    record(addressOf(socket), refusal);
    socket.resetAndDestroy();
  };
  server.on("connection", (socket: Socket) => {
    const remote = addressOf(socket);
    const evict = (refusal: Refusal): void => refuse(socket, refusal);
    const admitted = admission({ remote, open: sockets.size, evict });
    if (admitted.kind !== "cut") {
      sockets.add(socket);
      socket.once("close", () => {
        sockets.delete(socket);
        admitted.place.leave();
      });
    }
    if (admitted.kind !== "serve") refuse(socket, admitted.refusal);
  });
  server.on("tlsClientError", (error: Error, socket: TLSSocket) => {
    const tcp = tcpOf(socket);
    // Balancers look whether the port is open; nobody was refused.
    if (tcp?.bytesRead === 0 && tcp.destroyed) return;
    if (tcp !== undefined && cut.has(tcp)) return;
    record(addressOf(tcp ?? socket), tlsRefusal(error));
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    answerBroken(error, socket, record);
  });
  return sockets;
}

function tlsRefusal(error: Error): Refusal {
  if ("code" in error && error.code === "ERR_SSL_NO_APPLICATION_PROTOCOL") {
    return {
      cause: "handshake",
      detail: "The client asks by ALPN for another protocol than HTTP/1.1.",
      remedy: "Let the client speak HTTP/1.1 (curl: --http1.1).",
    };
  }
  return handshakeRefusal(error);
}

/** By the code of Node's HTTP parser: the status, and what to say. */
const broken: Readonly<Record<string, readonly [status: string, words: string]>> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "The header is too long."],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "The request took too long to arrive."],
};

/** A request that the HTTP parser does not take, or that never became whole. */
function answerBroken(
  error: NodeJS.ErrnoException,
  socket: Socket,
  record: (remote: string, refusal: Refusal) => void,
): void {
  // Clients may go whenever they like.
  if (error.code === "ECONNRESET" || error.code === "EPIPE" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, words] = broken[error.code ?? ""] ?? [
    "400 Bad Request",
    `The request is not HTTP/1.1: ${quoted(error.message)}.`,
  ];
  record(addressOf(socket), {
    cause: "malformed",
    detail: words,
    remedy: "Correct or update the device's HTTP library.",
  });
  const body = `${words}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

async function stop(server: Server, sockets: ReadonlySet<Socket>, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const timer = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, drainMs);
  await closed;
  clearTimeout(timer);
}
