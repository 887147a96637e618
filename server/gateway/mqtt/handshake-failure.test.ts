import { expect, test } from "vitest";
import { handshakeRefusal } from "#server/gateway/mqtt/handshake-failure.ts";

const failed = (code: string) => Object.assign(new Error("handshake"), { code });

test.each([
  ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "does not trust this server's certificate"],
  ["ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN", "does not trust this server's certificate"],
  ["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", "begins in 1970"],
  ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED", "begins in 1970"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "did not begin with a TLS handshake"],
  ["ECONNRESET", "broken off"],
  ["ERR_SSL_SOMETHING_NEW", "ERR_SSL_SOMETHING_NEW"],
])("%s is said in words", (code, words) => {
  const { cause, detail, remedy } = handshakeRefusal(failed(code));
  expect(cause).toBe("handshake");
  expect(`${detail} ${remedy}`).toContain(words);
});
