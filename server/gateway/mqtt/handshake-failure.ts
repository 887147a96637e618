import type { Refusal } from "#server/gateway/refusal.ts";

type Words = { readonly detail: string; readonly remedy: string };

const noTrust: Words = {
  detail: "The client does not trust this server's certificate and broke off the TLS handshake.",
  remedy:
    "Give the client the CA certificate of this installation (mosquitto_pub: --cafile ca.pem) and connect to a host name or address that the server's certificate names.",
};

/** What most TLS libraries say of a certificate that is not valid yet, or not any more. */
const wrongTime: Words = {
  detail:
    "The client finds this server's certificate not valid at its time, or not trustworthy, and broke off the TLS handshake.",
  remedy:
    "Set the clock of the device before it connects: one that begins in 1970 finds every certificate not valid yet. If its clock is right, give it the CA certificate of this installation.",
};

const plainHttp: Words = {
  detail: "The client speaks HTTP without TLS on a port for TLS.",
  remedy:
    "For MQTT over WebSocket use wss:// with MQTT_WSS_PORT, or ws:// with MQTT_WS_PORT; the console has its own address.",
};

/** By the code that Node gives the error; OpenSSL's reasons begin with ERR_SSL_. */
const words: Readonly<Record<string, Words>> = {
  ERR_TLS_HANDSHAKE_TIMEOUT: {
    detail: "The TLS handshake was not finished in time.",
    remedy:
      "Check the quality of the device's link; a client without TLS on this port waits like this too.",
  },
  ERR_SSL_NO_SHARED_CIPHER: {
    detail: "The client offers none of the cipher suites that this server allows.",
    remedy:
      "Enable an ECDHE suite with AES-GCM, and the group P-256 or P-384, in the client's TLS library.",
  },
  ERR_SSL_NO_SUITABLE_KEY_SHARE: {
    detail: "The client offers none of the key exchange groups that this server allows.",
    remedy: "Enable P-256 or P-384 in the client's TLS library.",
  },
  ERR_SSL_NO_SHARED_GROUPS: {
    detail: "The client offers none of the key exchange groups that this server allows.",
    remedy: "Enable P-256 or P-384 in the client's TLS library.",
  },
  ERR_SSL_UNSUPPORTED_PROTOCOL: {
    detail: "The client offers only TLS versions before 1.2.",
    remedy: "Update the client's TLS library: TLS 1.2 and 1.3 are served.",
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    detail: "The client did not begin with a TLS handshake.",
    remedy:
      "Switch on TLS in the client (mosquitto_pub: --cafile, --cert, --key): this port takes nothing else.",
  },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: {
    detail: "The client did not begin with a TLS handshake.",
    remedy:
      "Switch on TLS in the client (mosquitto_pub: --cafile, --cert, --key): this port takes nothing else.",
  },
  ERR_SSL_HTTP_REQUEST: plainHttp,
  ERR_SSL_HTTPS_PROXY_REQUEST: plainHttp,
  ERR_SSL_NO_APPLICATION_PROTOCOL: {
    detail: "The client asks by ALPN for another protocol than MQTT.",
    remedy: "Set the client's ALPN to mqtt, or leave it out.",
  },
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: noTrust,
};

/** Alerts by which a client says that it does not accept our certificate; OpenSSL renamed their class. */
const distrust = /ALERT_(?:UNKNOWN_CA|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE)$/;
const untimely = /ALERT_(?:BAD_CERTIFICATE|CERTIFICATE_EXPIRED)$/;

function wordsOf(code: string): Words | undefined {
  if (distrust.test(code)) return noTrust;
  return untimely.test(code) ? wrongTime : words[code];
}

const brokenOff: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT"]);

/** The code of a system or TLS error; empty when it has none. */
function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Puts a failed TLS handshake into words. */
export function handshakeRefusal(error: Error): Refusal {
  const code = codeOf(error);
  const known = wordsOf(code);
  if (known !== undefined) return { cause: "handshake", ...known };
  if (brokenOff.has(code)) {
    return {
      cause: "handshake",
      detail: "The connection was broken off during the TLS handshake.",
      remedy: "Look at the client's log: it may not accept this server's certificate or name.",
    };
  }
  return {
    cause: "handshake",
    detail: `The TLS handshake failed (${code === "" ? error.message : code}).`,
    remedy: "Compare the client's TLS settings with the device's page.",
  };
}
