import "server-only";
import { createKeyring, type Keyring } from "#server/crypto/envelope.ts";
import { consoleEnv } from "#server/web/environment.ts";

let keyring: Keyring | undefined;

/** The keys under which the console seals secrets; the supervisor passes them. */
export function consoleKeyring(): Keyring {
  keyring ??= createKeyring(consoleEnv().ENCRYPTION_KEY);
  return keyring;
}
