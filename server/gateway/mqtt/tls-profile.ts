import { constants } from "node:crypto";
import type { SecureContextOptions, TlsOptions } from "node:tls";

/** Certificate of the listener and the CAs of the devices, PEM. */
export type ListenerTls = {
  readonly key: string;
  /** Leaf first, then its issuers. */
  readonly cert: string;
  readonly ca: string;
};

/** Profile "nist-800-52r2": SP 800-52 Rev. 2 §3, for servers. */
const profile = {
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.3",
  ecdhCurve: "P-256:P-384",
  honorCipherOrder: true,
  ciphers: [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
  ].join(":"),
} as const satisfies SecureContextOptions;

/** What `setSecureContext` takes when the listener's certificate was renewed. */
export function secureContext(tls: ListenerTls): SecureContextOptions {
  return { ...profile, key: tls.key, cert: tls.cert, ca: tls.ca };
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
    ciphers: `${profile.ciphers}:ECDHE-PSK-AES128-CBC-SHA256`,
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}
