import { createHash } from "node:crypto";
import type { Credential } from "#server/gateway/identify/identify.ts";
import { looksLikeSas, readSasToken } from "#server/gateway/identify/sas-token.ts";
import { readUserName } from "#server/gateway/identify/user-name.ts";

/**
 * What the client shows to say who it is. A client certificate or a pre-shared key decides alone;
 * where neither was presented, on the plain ports and on the TLS ports alike, user name and password do.
 * @param certificate what the TLS handshake brought; undefined on ports without TLS
 */
export function readCredential(
  certificate: Credential | undefined,
  packet: {
    readonly username?: string | undefined;
    readonly password?: Buffer | string | undefined;
  },
): Credential {
  if (certificate?.kind === "certificate" || certificate?.kind === "psk") return certificate;
  const { username, password } = packet;
  if (username === undefined || password === undefined) return certificate ?? { kind: "no-token" };
  return readPassword(username, Buffer.from(password));
}

function readPassword(userName: string, password: Buffer): Credential {
  const named = readUserName(userName);
  const hash = (): Buffer => createHash("sha256").update(password).digest();
  switch (named.kind) {
    case "service":
      return { kind: "service", username: named.username, hash: hash() };
    case "registration": {
      const { idScope, registrationId } = named;
      const { token, problem } = readSasToken(password);
      if (token !== undefined) return { kind: "registration", idScope, registrationId, token };
      return { kind: "malformed-sas", deviceId: registrationId, problem };
    }
    case "nobody":
      return { kind: "nobody", userName: userName.slice(0, 256) };
    case "device": {
      const { deviceId } = named;
      if (!looksLikeSas(password)) return { kind: "token", userName: deviceId, hash: hash() };
      const { token, problem } = readSasToken(password);
      if (token === undefined) return { kind: "malformed-sas", deviceId, problem };
      return { kind: "sas", deviceId, token };
    }
  }
}
