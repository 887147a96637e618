import { readFileSync, statSync } from "node:fs";
import type { Env, signerOnly } from "#server/env.ts";
import { AuthorityUnusable } from "#server/pki/authority-files.ts";
import type { AuthoritySettings } from "#server/pki/authority.ts";

type KeyEnv = Partial<Pick<Env, (typeof signerOnly)[number]>>;

const shortestPassphrase = 15;

/** The first line of a file that only its user can read. */
function readSecret(file: string, variable: string): string {
  let text: string;
  try {
    const { mode } = statSync(file);
    if ((mode & 0o077) !== 0) {
      throw new AuthorityUnusable(
        `${file} (${variable}) can be read by other users (mode ${(mode & 0o777).toString(8)}). Run: chmod 600 ${file}`,
      );
    }
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof AuthorityUnusable) throw error;
    throw Object.assign(new AuthorityUnusable(`${variable} names ${file}, which cannot be read.`), {
      cause: error,
    });
  }
  return text.split(/\r?\n/)[0] ?? "";
}

function passphraseOf(env: KeyEnv): string | undefined {
  const { CA_KEY_PASSPHRASE_FILE: file } = env;
  if (file === undefined) return env.CA_KEY_PASSPHRASE;
  const passphrase = readSecret(file, "CA_KEY_PASSPHRASE_FILE");
  if (passphrase.length >= shortestPassphrase) return passphrase;
  throw new AuthorityUnusable(
    `The first line of ${file} must be a passphrase of at least ${shortestPassphrase} characters.`,
  );
}

/**
 * What the environment says about where CA keys are and what they are under.
 * @throws AuthorityUnusable when a file that it names does not fit
 */
export function keySettings(env: KeyEnv): Pick<AuthoritySettings, "passphrase" | "token"> {
  const { PKCS11_MODULE: module, PKCS11_TOKEN_LABEL: tokenLabel, PKCS11_PIN_FILE: pinFile } = env;
  const hasToken = module !== undefined && tokenLabel !== undefined && pinFile !== undefined;
  return {
    passphrase: passphraseOf(env),
    token: hasToken
      ? { module, tokenLabel, pin: readSecret(pinFile, "PKCS11_PIN_FILE") }
      : undefined,
  };
}
