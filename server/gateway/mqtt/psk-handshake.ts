import { randomBytes } from "node:crypto";
import type { TLSSocket, TlsOptions } from "node:tls";
import { isDeviceId } from "#server/domain/device-id.ts";
import { pskBytes, readPskIdentity } from "#server/domain/psk.ts";
import type { Credential } from "#server/gateway/identify/identify.ts";
import type { PskEntry, PskKeys } from "#server/gateway/identify/psk-keys.ts";

/** TLS handshakes with a pre-shared key, and what they proved. */
export type PskHandshakes = {
  readonly callback: NonNullable<TlsOptions["pskCallback"]>;
  /** After the handshake: what it proved; undefined where a certificate or nothing decides. */
  provenBy(socket: TLSSocket): Credential | undefined;
  /** The identity that the client offered last; undefined where it offered none. */
  offeredBy(socket: TLSSocket): string | undefined;
};

type Offer = { readonly identity: string; readonly entry: PskEntry | undefined };

/**
 * That the callback was asked for an identity proves nothing: a client may offer a pre-shared key and
 * finish the handshake without it, or offer another after a HelloRetryRequest. What counts is the
 * last identity that was asked for, and that the handshake was finished by a pre-shared key.
 */
export function createPskHandshakes(keys: Pick<PskKeys, "find">): PskHandshakes {
  const offers = new WeakMap<TLSSocket, Offer>();
  return {
    callback: (socket, identity) => {
      // The identity of a session that was resumed elsewhere is no text.
      if (!isDeviceId(readPskIdentity(identity).deviceId)) return null;
      const entry = keys.find(identity);
      offers.set(socket, { identity, entry });
      // RFC 4279 §2: a stranger must not learn from the alert which identities there are.
      return entry?.key ?? randomBytes(pskBytes.made);
    },
    provenBy: (socket) => {
      const entry = offers.get(socket)?.entry;
      if (entry === undefined || !isFinishedByPsk(socket)) return undefined;
      const { deviceId, credentialId } = entry;
      return { kind: "psk", deviceId, credentialId };
    },
    offeredBy: (socket) => offers.get(socket)?.identity,
  };
}

/**
 * In TLS 1.2 the cipher suite says so. In TLS 1.3 (RFC 8446 §4.2.11) a pre-shared key is a session
 * that was resumed; sessions of earlier handshakes cannot be, because this port has no tickets.
 */
function isFinishedByPsk(socket: TLSSocket): boolean {
  if (socket.getProtocol() === "TLSv1.3") return socket.isSessionReused();
  return /(?:^|-)PSK-/.test(socket.getCipher().name);
}
