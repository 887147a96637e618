import { constants } from "node:crypto";
import type { SecureContextOptions, TlsOptions } from "node:tls";
import {
  defaultTlsProfile,
  pskSuite,
  tlsProfileOf,
  type TlsProfileName,
} from "#server/domain/tls-profiles.ts";

/** Certificate of the listener and the CAs of the devices, PEM. */
export type ListenerTls = {
  readonly key: string;
  /** Leaf first, then its issuers. */
  readonly cert: string;
  readonly ca: string;
  /** Versions, suites and curves; the default unless given. */
  readonly profile?: TlsProfileName;
};

/** A profile as Node and OpenSSL take it. */
export function profileOptions(name: TlsProfileName = defaultTlsProfile): SecureContextOptions {
  const { versions, suites12, suites13, curves, signatures, securityLevel } = tlsProfileOf(name);
  const level = securityLevel === undefined ? [] : [`@SECLEVEL=${securityLevel}`];
  return {
    minVersion: versions[0] ?? "TLSv1.2",
    maxVersion: versions.at(-1) ?? "TLSv1.3",
    ecdhCurve: curves.join(":"),
    sigalgs: signatures.join(":"),
    honorCipherOrder: true,
    ciphers: [...suites13, ...suites12, ...level].join(":"),
  };
}

/**
 * What `setSecureContext` takes when the listener's certificate was renewed or its profile changed.
 * Every handshake from then on follows it, and no session of before is resumed: tickets are sealed
 * with a key that the context has to itself.
 */
export function secureContext(tls: ListenerTls): SecureContextOptions {
  return { ...profileOptions(tls.profile), key: tls.key, cert: tls.cert, ca: tls.ca };
}

/** What a client may ask for by ALPN (RFC 7301). AWS's SDKs ask for a name of their own. */
const names: Readonly<Record<"mqtt" | "http/1.1", readonly string[]>> = {
  mqtt: ["mqtt", "x-amzn-mqtt-ca"],
  "http/1.1": ["http/1.1"],
};

/**
 * Options of the TLS server. A client certificate is asked for and not judged by OpenSSL: the
 * registry judges it at CONNECT, where the refused can be told why. Nothing is read before that.
 * @param protocol what a client that asks by ALPN must ask for; browsers ask for http/1.1
 */
export function tlsServerOptions(
  tls: ListenerTls,
  handshakeTimeoutMs: number,
  protocol: "mqtt" | "http/1.1",
): TlsOptions {
  return {
    ...secureContext(tls),
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: handshakeTimeoutMs,
    ALPNProtocols: [...names[protocol]],
  };
}

/**
 * The same for a port that also takes pre-shared keys: in TLS 1.3 by the suites above, in TLS 1.2 by
 * the one suite of SP 800-52 Rev. 2 App. C with forward secrecy that OpenSSL has. It comes last, so
 * that nobody gets it who can do better. No tickets: see psk-handshake.ts.
 */
export function takingPsk<T extends SecureContextOptions>(options: T): T {
  return {
    ...options,
    ciphers: `${options.ciphers ?? ""}:${pskSuite}`,
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}
