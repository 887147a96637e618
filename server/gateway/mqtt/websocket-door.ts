/**
 * MQTT over WebSocket, §6: from a TCP or TLS socket to a WebSocket with the subprotocol `mqtt`.
 *
 * The page that opened it (Origin) is not asked for: a browser sends no credential of ours with it
 * by itself. Devices and dashboards authenticate in CONNECT, which another site's page cannot fill
 * in, and cookies are not read here.
 */
import { createServer, type IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";

const subprotocol = "mqtt";
const paths: ReadonlySet<string> = new Set(["/mqtt", "/"]);
/**
 * Largest WebSocket message. It is collected before its first packet can be judged, so it bounds
 * what a stranger can make us hold; a larger packet is sent in several.
 */
const maxMessageBytes = 1_048_576;
const maxHeaderBytes = 8_192;

/** First byte of a TLS record, and of CONNECT. */
const tlsHandshake = 0x16;
const mqttConnect = 0x10;

type Refused = { readonly status: string; readonly refusal: Refusal };

export type WebSocketDoor = {
  /** Takes a socket on which nothing was read yet. */
  accept(socket: Socket): void;
};

type DoorParts = {
  /** Time for the handshake, from here to its end. */
  readonly timeoutMs: number;
  readonly opened: (socket: Socket, webSocket: WebSocket) => void;
  readonly refused: (socket: Socket, refusal: Refusal) => void;
};

/** Leads sockets through the WebSocket handshake, or refuses them with an HTTP status in words. */
export function createWebSocketDoor({ timeoutMs, opened, refused }: DoorParts): WebSocketDoor {
  const timers = new WeakMap<Duplex, NodeJS.Timeout>();
  const handshakes = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // A frame of a few bytes could become a message of megabytes, and readings compress badly.
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
    // Each piece costs its object as well: bytes sent one by one must not cost a hundred times more.
    maxFragments: 1_024,
    maxBufferedChunks: 4_096,
    autoPong: false,
    // [MQTT-6.0.0-4]; whoever does not offer it was refused before.
    handleProtocols: () => subprotocol,
  });
  const refuse = (socket: Duplex, { status, refusal }: Refused): void => {
    clearTimeout(timers.get(socket));
    if (socket.destroyed || socket.writableEnded) return;
    if (socket instanceof Socket) refused(socket, refusal);
    answer(socket, status, `${refusal.detail} ${refusal.remedy}\n`);
  };
  handshakes.on("wsClientError", (error, socket) => refuse(socket, invalidHandshake(error)));

  const http = createServer({ maxHeaderSize: maxHeaderBytes });
  http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => undefined);
    const problem = upgradeProblem(request);
    if (problem !== undefined) {
      refuse(socket, problem);
      return;
    }
    handshakes.handleUpgrade(request, socket, head, (webSocket) => {
      clearTimeout(timers.get(socket));
      if (socket instanceof Socket) opened(socket, webSocket);
    });
  });
  http.on("request", ({ socket }) => refuse(socket, noWebSocket));
  // Otherwise it would be closed without a word.
  http.on("connect", (_, socket) => refuse(socket, noWebSocket));
  http.on("clientError", (error, socket) => {
    // Balancers look whether the port is open; nobody was refused.
    if (socket instanceof Socket && socket.bytesRead === 0) socket.destroy();
    else refuse(socket, noHttp(error) ?? invalidHandshake(error));
  });
  return {
    accept: (socket) => {
      const timer = setTimeout(() => refuse(socket, tooSlow(timeoutMs)), timeoutMs);
      timers.set(socket, timer);
      socket.once("close", () => clearTimeout(timer));
      http.emit("connection", socket);
    },
  };
}

function upgradeProblem({ url = "/", headers }: IncomingMessage): Refused | undefined {
  const path = url.split("?", 1)[0] ?? "";
  if (!paths.has(path)) {
    return {
      status: "404 Not Found",
      refusal: {
        cause: "handshake",
        detail: `There is no WebSocket at ${quoted(path)}.`,
        remedy: "Set the path /mqtt in the client.",
      },
    };
  }
  const offered = headers["sec-websocket-protocol"] ?? "";
  // [MQTT-6.0.0-3]
  if (offered.split(",").some((name) => name.trim() === subprotocol)) return undefined;
  const said = offered === "" ? "no WebSocket subprotocol" : `only ${quoted(offered)}`;
  return {
    status: "400 Bad Request",
    refusal: {
      cause: "handshake",
      detail: `The client offered ${said} in the WebSocket handshake.`,
      remedy: "Set the subprotocol mqtt in the client.",
    },
  };
}

const noWebSocket: Refused = {
  status: "426 Upgrade Required",
  refusal: {
    cause: "handshake",
    detail: "The client speaks HTTP and did not ask for a WebSocket.",
    remedy: "Use this port with an MQTT client over WebSocket; the console has its own address.",
  },
};

/** What a peer seems to speak that did not begin with HTTP. */
function noHttp(error: Error): Refused | undefined {
  const raw: unknown = Reflect.get(error, "rawPacket");
  const first = Buffer.isBuffer(raw) ? raw[0] : undefined;
  if (first !== tlsHandshake && first !== mqttConnect) return undefined;
  const refusal: Refusal =
    first === tlsHandshake
      ? {
          cause: "handshake",
          detail: "The client began a TLS handshake on the port for plain WebSocket.",
          remedy: "Use wss:// with the port for it (MQTT_WSS_PORT), or ws:// with this one.",
        }
      : {
          cause: "handshake",
          detail: "The client speaks MQTT without WebSocket on a port for WebSocket.",
          remedy: "Set the client to MQTT over WebSocket, or use MQTT_PORT or MQTTS_PORT.",
        };
  return { status: "400 Bad Request", refusal };
}

function invalidHandshake(error: Error): Refused {
  return {
    status: "400 Bad Request",
    refusal: {
      cause: "handshake",
      detail: `The client did not begin with a valid WebSocket handshake (${error.message}).`,
      remedy: "Set the client to MQTT over WebSocket, or use the port for MQTT over TCP or TLS.",
    },
  };
}

function tooSlow(timeoutMs: number): Refused {
  return {
    status: "408 Request Timeout",
    refusal: {
      cause: "handshake",
      detail: `The WebSocket handshake was not finished within ${timeoutMs / 1_000} s.`,
      remedy: "Check that the client speaks MQTT over WebSocket, and the quality of its link.",
    },
  };
}

function answer(socket: Duplex, status: string, text: string): void {
  socket.once("finish", () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status}`,
      "Connection: close",
      "Content-Type: text/plain; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(text)}`,
      "",
      text,
    ].join("\r\n"),
  );
}
