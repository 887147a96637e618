import { createServer, Socket, type Server } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { presentedBy } from "#server/gateway/identify/presented.ts";
import type { Admission } from "#server/gateway/mqtt/admission.ts";
import { Connection, type ConnectionFacts } from "#server/gateway/mqtt/connection.ts";
import type { MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import { handshakeRefusal } from "#server/gateway/mqtt/handshake-failure.ts";
import {
  secureContext,
  tlsServerOptions,
  type ListenerTls,
} from "#server/gateway/mqtt/tls-profile.ts";
import type { Refusal } from "#server/gateway/refusal.ts";
import type { Transport } from "#server/ingest/message.ts";

/** One listening port. */
export type OpenPort = {
  /** As bound; of use when 0 was asked for. */
  readonly port: number;
  readonly connections: ReadonlySet<Connection>;
  reloadTls(tls: ListenerTls): void;
  /** Takes no more connections; those there are go on. */
  close(): void;
  /** Cuts what is left. */
  destroy(): void;
};

/** Where to listen; `variable` names the setting in messages. */
export type Endpoint = { readonly host: string; readonly port: number; readonly variable: string };

type Parts = {
  readonly gateway: MqttGateway;
  readonly endpoint: Endpoint;
  /** Absent for plain TCP. */
  readonly tls?: ListenerTls;
  readonly admit: (open: number) => Admission;
};

const tcpKeepAliveMs = 60_000;

/** IPv4 addresses as such, also on a socket that serves both. */
function addressOf(socket: Socket | undefined): string {
  return (socket?.remoteAddress ?? "unknown").replace(/^::ffff:/, "");
}

/**
 * The TCP socket below a TLS socket: when a peer has gone during the handshake only that still
 * knows the address. Node has no public name for it; without it the address reads "unknown".
 */
function tcpOf(socket: TLSSocket): Socket | undefined {
  const below: unknown = Reflect.get(socket, "_parent");
  return below instanceof Socket ? below : undefined;
}

/** @throws Error that names the port, its setting and the remedy */
async function listen(server: Server, { host, port, variable }: Endpoint): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new Error(listenProblem(error, { host, port, variable }), { cause: error }));
    });
    server.listen({ host, port, backlog: 4_096 }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function listenProblem(error: NodeJS.ErrnoException, { host, port, variable }: Endpoint): string {
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
): Pick<ConnectionFacts, "certificate" | "tlsVersion" | "tlsCipher"> {
  return {
    certificate: presentedBy(socket),
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
  readonly #parts: Parts;
  readonly #transport: Transport;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#transport = parts.tls === undefined ? "mqtt" : "mqtts";
  }

  /** @returns false after cutting a socket that is one too many */
  admit(socket: Socket): boolean {
    const admission = this.#parts.admit(this.sockets.size);
    if (admission.kind === "cut") {
      this.#record(addressOf(socket), admission.refusal);
      socket.resetAndDestroy();
      return false;
    }
    if (admission.kind === "tell") this.#refusals.set(socket, admission.refusal);
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
    return true;
  }

  connectPlain(socket: Socket): void {
    this.#connect(socket, {
      transport: this.#transport,
      remote: addressOf(socket),
      refusal: this.#refusals.get(socket),
      certificate: undefined,
      tlsVersion: null,
      tlsCipher: null,
    });
  }

  connectSecure(socket: TLSSocket): void {
    const remote = addressOf(socket);
    const tcp = tcpOf(socket);
    const refusal = tcp === undefined ? undefined : this.#refusals.get(tcp);
    try {
      const facts = { transport: this.#transport, remote, refusal, ...secureFacts(socket) };
      this.#connect(socket, facts);
    } catch (error) {
      this.handshakeFailed(error instanceof Error ? error : new Error(String(error)), socket);
      socket.destroy();
    }
  }

  handshakeFailed(error: Error, socket: TLSSocket): void {
    const tcp = tcpOf(socket);
    // Balancers look whether the port is open; nobody was refused.
    if (tcp?.bytesRead === 0 && tcp.destroyed) return;
    this.#record(addressOf(tcp ?? socket), handshakeRefusal(error));
  }

  #connect(socket: Socket, facts: ConnectionFacts): void {
    const connection = new Connection(this.#parts.gateway, socket, facts);
    this.connections.add(connection);
    socket.once("close", () => this.connections.delete(connection));
    connection.start();
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

/**
 * Opens a port for MQTT, over TLS when a certificate is given.
 * @throws Error that names the port, its setting and the remedy
 */
export async function openPort(parts: Parts): Promise<OpenPort> {
  const { gateway, tls, endpoint } = parts;
  const held = new PortSockets(parts);
  const secure =
    tls === undefined
      ? undefined
      : createTlsServer(tlsServerOptions(tls, gateway.limits.handshakeTimeoutMs));
  secure?.on("secureConnection", (socket) => held.connectSecure(socket));
  secure?.on("tlsClientError", (error, socket) => held.handshakeFailed(error, socket));

  const server = createServer({
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: tcpKeepAliveMs,
  });
  server.on("connection", (socket) => {
    if (!held.admit(socket)) return;
    if (secure === undefined) held.connectPlain(socket);
    else secure.emit("connection", socket);
  });
  const port = await listen(server, endpoint);
  server.on("error", (error) => gateway.log.error({ event: "listener.error", err: error, port }));

  return {
    port,
    connections: held.connections,
    reloadTls: (next) => secure?.setSecureContext(secureContext(next)),
    close: () => {
      server.close();
    },
    destroy: () => {
      for (const socket of held.sockets) socket.destroy();
    },
  };
}
