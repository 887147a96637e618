import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from "node:tls";
import type { WebSocket } from "ws";
import { presentedBy } from "#server/gateway/identify/presented.ts";
import type { Admission, Arrival, Place } from "#server/gateway/mqtt/admission.ts";
import { Connection, type ConnectionFacts } from "#server/gateway/mqtt/connection.ts";
import { refuseBroken, refuseConnect } from "#server/gateway/mqtt/ending.ts";
import type { MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import { handshakeRefusal } from "#server/gateway/mqtt/handshake-failure.ts";
import type { PskHandshakes } from "#server/gateway/mqtt/psk-handshake.ts";
import { isPskFailure, recordPskFailure } from "#server/gateway/mqtt/psk-failure.ts";
import {
  secureContext,
  takingPsk,
  tlsServerOptions,
  type ListenerTls,
} from "#server/gateway/mqtt/tls-profile.ts";
import { createWebSocketDoor } from "#server/gateway/mqtt/websocket-door.ts";
import { WebSocketStream } from "#server/gateway/mqtt/websocket-stream.ts";
import type { Refusal } from "#server/gateway/refusal.ts";
import { addressOf, serverNameOf, tcpOf } from "#server/gateway/tcp-socket.ts";
import type { Transport } from "#server/pipeline/message.ts";

/** One listening port. */
export type OpenPort = {
  /** As bound; of use when 0 was asked for. */
  readonly port: number;
  readonly connections: ReadonlySet<Connection>;
  /** Sockets, also those that are no connection yet. */
  readonly open: number;
  reloadTls(tls: ListenerTls): void;
  /** Takes no more connections; those there are go on. */
  close(): void;
  /** Cuts what is left. */
  destroy(): void;
};

/** Where to listen; `variable` names the setting in messages. */
export type Endpoint = {
  readonly host: string;
  readonly port: number;
  readonly variable: string;
  /** Other workers listen there as well, and the system deals connections out among them. */
  readonly isShared?: boolean | undefined;
};

type Parts = {
  readonly gateway: MqttGateway;
  readonly endpoint: Endpoint;
  /** Absent for plain TCP. */
  readonly tls?: ListenerTls;
  /** Where pre-shared keys are taken as well. */
  readonly psk?: PskHandshakes | undefined;
  readonly overWebSocket: boolean;
  readonly admit: (arrival: Omit<Arrival, "open">) => Admission;
};

const tcpKeepAliveMs = 60_000;

function transportOf({ tls, overWebSocket }: Parts): Transport {
  if (tls === undefined) return overWebSocket ? "ws" : "mqtt";
  return overWebSocket ? "wss" : "mqtts";
}

/** The TCP socket, also below TLS. */
function below(socket: Socket): Socket | undefined {
  return socket instanceof TLSSocket ? tcpOf(socket) : socket;
}

/** @throws Error that names the port, its setting and the remedy */
export async function listen(
  server: Server,
  { host, port, variable, isShared = false }: Endpoint,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new Error(listenProblem(error, { host, port, variable }), { cause: error }));
    });
    server.listen({ host, port, backlog: 4_096, reusePort: isShared }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** Why a port cannot be opened, and what to do. */
export function listenProblem(
  error: NodeJS.ErrnoException,
  { host, port, variable }: Endpoint,
): string {
  switch (error.code ?? "") {
    case "EADDRINUSE":
      return `Port ${port} (${variable}) on ${host} is already in use. Stop the program that uses it, or set ${variable} to a free port.`;
    case "EACCES":
      return `Port ${port} (${variable}) on ${host} may not be opened by this user. Set ${variable} to a port above 1023, or give the process the right to bind it.`;
    case "EADDRNOTAVAIL":
      return `The address ${host} for port ${port} (${variable}) does not belong to this machine. Listen on one of its own addresses, or on 0.0.0.0.`;
    default:
      return `Port ${port} (${variable}) on ${host} cannot be opened: ${error.message}`;
  }
}

/** @throws Error when the peer's certificate cannot be read */
function secureFacts(
  socket: TLSSocket,
  psk: PskHandshakes | undefined,
): Pick<ConnectionFacts, "certificate" | "tlsVersion" | "tlsCipher"> {
  return {
    certificate: psk?.provenBy(socket) ?? presentedBy(socket),
    tlsVersion: socket.getProtocol(),
    tlsCipher: socket.getCipher().name,
  };
}

/** Sockets of one port, and what is known of them before there is a connection. */
class PortSockets {
  readonly connections = new Set<Connection>();
  readonly sockets = new Set<Socket>();
  /** Of those that are only taken in order to be told. */
  readonly #refusals = new WeakMap<Socket, Refusal>();
  readonly #places = new WeakMap<Socket, Place>();
  /** By their TCP socket. */
  readonly #connectionOf = new WeakMap<Socket, Connection>();
  readonly #evicted = new WeakSet<Socket>();
  readonly #parts: Parts;
  readonly #transport: Transport;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#transport = transportOf(parts);
  }

  /** @returns false after cutting a socket that is one too many */
  admit(socket: Socket): boolean {
    // Node keeps the address from here on; later a peer that has gone would have none.
    const remote = addressOf(socket);
    const admission = this.#parts.admit({
      remote,
      evict: (refusal) => this.#evict(socket, refusal),
    });
    if (admission.kind === "cut") {
      this.#record(remote, admission.refusal);
      socket.resetAndDestroy();
      return false;
    }
    if (admission.kind === "tell") this.#refusals.set(socket, admission.refusal);
    const { place } = admission;
    this.#places.set(socket, place);
    this.sockets.add(socket);
    socket.once("close", () => {
      this.sockets.delete(socket);
      place.leave();
    });
    return true;
  }

  /** Its place goes to another, because it has not said who it is. */
  #evict(socket: Socket, refusal: Refusal): void {
    const connection = this.#connectionOf.get(socket);
    if (connection !== undefined) {
      if (connection.state === "connected") return;
      if (connection.isOver) connection.destroy();
      else refuseConnect(connection, refusal, undefined);
      return;
    }
    this.#evicted.add(socket);
    this.#record(addressOf(socket), refusal);
    socket.resetAndDestroy();
  }

  /** @param webSocket over the socket, where that carries the packets */
  connect(socket: Socket, webSocket?: WebSocket): void {
    try {
      const facts = this.#factsOf(socket);
      const connection =
        webSocket === undefined
          ? this.#start(new Connection(this.#parts.gateway, socket, facts), socket)
          : this.#connectWebSocket(webSocket, facts);
      const tcp = below(socket);
      if (tcp !== undefined) this.#connectionOf.set(tcp, connection);
    } catch (error) {
      this.handshakeFailed(error instanceof Error ? error : new Error(String(error)), socket);
      socket.destroy();
    }
  }

  handshakeFailed(error: Error, socket: Socket): void {
    const tcp = socket instanceof TLSSocket ? tcpOf(socket) : undefined;
    // Balancers look whether the port is open; nobody was refused.
    if (tcp?.bytesRead === 0 && tcp.destroyed) return;
    if (tcp !== undefined && this.#evicted.has(tcp)) return;
    const remote = addressOf(tcp ?? socket);
    const identity = socket instanceof TLSSocket ? this.#parts.psk?.offeredBy(socket) : undefined;
    if (identity === undefined || !isPskFailure(error)) {
      this.#record(remote, handshakeRefusal(error));
      return;
    }
    recordPskFailure(this.#parts.gateway, { identity, remote, transport: this.#transport });
  }

  /** A socket that did not become a connection. */
  refused(socket: Socket, refusal: Refusal): void {
    this.#record(addressOf(socket), refusal);
  }

  /** @throws Error when the peer's certificate cannot be read */
  #factsOf(socket: Socket): ConnectionFacts {
    const tcp = below(socket);
    const known = {
      transport: this.#transport,
      remote: addressOf(socket),
      serverName: serverNameOf(socket),
      refusal: tcp === undefined ? undefined : this.#refusals.get(tcp),
      identified: () => {
        if (tcp !== undefined) this.#places.get(tcp)?.identified();
      },
    };
    if (socket instanceof TLSSocket) return { ...known, ...secureFacts(socket, this.#parts.psk) };
    return { ...known, certificate: undefined, tlsVersion: null, tlsCipher: null };
  }

  #connectWebSocket(webSocket: WebSocket, facts: ConnectionFacts): Connection {
    const stream = new WebSocketStream(webSocket, (problem) => {
      refuseBroken(connection, "malformed", problem);
    });
    const connection = new Connection(this.#parts.gateway, stream, facts);
    return this.#start(connection, stream);
  }

  #start(connection: Connection, stream: Duplex): Connection {
    this.connections.add(connection);
    stream.once("close", () => this.connections.delete(connection));
    connection.start();
    return connection;
  }

  #record(remote: string, refusal: Refusal): void {
    this.#parts.gateway.refusals.record(
      {
        claimedId: "",
        tenantId: null,
        deviceKey: null,
        sha256: "",
        remote,
        transport: this.#transport,
      },
      refusal,
    );
  }
}

function tlsOptions({ gateway, overWebSocket, psk }: Parts, tls: ListenerTls): TlsOptions {
  const protocol = overWebSocket ? "http/1.1" : "mqtt";
  const options = tlsServerOptions(tls, gateway.bounds.handshakeTimeoutMs, protocol);
  return psk === undefined ? options : { ...takingPsk(options), pskCallback: psk.callback };
}

/**
 * Opens a port for MQTT over TCP or WebSocket, and over TLS when a certificate is given.
 * @throws Error that names the port, its setting and the remedy
 */
export async function openPort(parts: Parts): Promise<OpenPort> {
  const { gateway, tls, endpoint, overWebSocket } = parts;
  const held = new PortSockets(parts);
  const door = createWebSocketDoor({
    timeoutMs: gateway.bounds.handshakeTimeoutMs,
    opened: (socket, webSocket) => held.connect(socket, webSocket),
    refused: (socket, refusal) => held.refused(socket, refusal),
  });
  const serve = (socket: Socket): void => {
    if (overWebSocket) door.accept(socket);
    else held.connect(socket);
  };
  const secure = tls === undefined ? undefined : createTlsServer(tlsOptions(parts, tls));
  secure?.on("secureConnection", serve);
  secure?.on("tlsClientError", (error, socket) => held.handshakeFailed(error, socket));

  const server = createServer({
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: tcpKeepAliveMs,
  });
  server.on("connection", (socket) => {
    if (!held.admit(socket)) return;
    if (secure === undefined) serve(socket);
    else secure.emit("connection", socket);
  });
  const port = await listen(server, endpoint);
  server.on("error", (error) => gateway.log.error({ event: "listener.error", err: error, port }));

  return {
    port,
    connections: held.connections,
    get open() {
      return held.sockets.size;
    },
    reloadTls: (next) => {
      const context = secureContext(next);
      secure?.setSecureContext(parts.psk === undefined ? context : takingPsk(context));
    },
    close: () => {
      server.close();
    },
    destroy: () => {
      for (const socket of held.sockets) socket.destroy();
    },
  };
}
