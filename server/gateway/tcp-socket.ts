import { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/** IPv4 addresses as such, also on a socket that serves both. */
export function addressOf(socket: Socket | undefined): string {
  return (socket?.remoteAddress ?? "unknown").replace(/^::ffff:/, "");
}

const hostName = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/** What the peer asked for by Server Name Indication (RFC 6066 §3); else the address that it reached. */
export function serverNameOf(socket: Socket): string {
  // The type does not have it: a name, or false where none was asked for.
  const asked: unknown = Reflect.get(socket, "servername");
  if (typeof asked === "string" && hostName.test(asked)) return asked;
  return (socket.localAddress ?? "localhost").replace(/^::ffff:/, "");
}

/**
 * The TCP socket below a TLS socket: when a peer has gone during the handshake only that still
 * knows the address. Node has no public name for it; without it the address reads "unknown".
 */
export function tcpOf(socket: TLSSocket): Socket | undefined {
  const below: unknown = Reflect.get(socket, "_parent");
  return below instanceof Socket ? below : undefined;
}
