import type { SecureContextOptions, TlsOptions } from "node:tls";

/** Certificate of the listener and the CAs of the devices, PEM. */
export type ListenerTls = {
  readonly key: string;
  /** Leaf first, then its issuers. */
  readonly cert: string;
  readonly ca: string;
};

/** Profile "nist-800-52r2": SP 800-52 Rev. 2 §3, for servers. */
const profile: SecureContextOptions = {
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
};

/** What `setSecureContext` takes when the listener's certificate was renewed. */
export function secureContext(tls: ListenerTls): SecureContextOptions {
  return { ...profile, key: tls.key, cert: tls.cert, ca: tls.ca };
}

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
    ALPNProtocols: [protocol],
  };
}
