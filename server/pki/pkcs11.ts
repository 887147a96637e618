import { spawn } from "node:child_process";
import { createHash, createPublicKey, randomBytes, verify, type KeyObject } from "node:crypto";
import { childEnvironment, signerOnly } from "#server/env.ts";
import { ecdsaWithSha256 } from "#server/pki/der.ts";
import type { SigningKey } from "#server/pki/signing-key.ts";

/** Where the issuing keys are that never leave a token. */
export type TokenSettings = {
  /** Path of the vendor's PKCS #11 library. */
  readonly module: string;
  readonly tokenLabel: string;
  readonly pin: string;
};

/** The token, or the program by which it is reached, does not answer. */
export class TokenUnavailable extends Error {}

/** A PKCS #11 token, reached by OpenSC's program pkcs11-tool: nothing of the vendor's runs in this process. */
export type Token = {
  /** Makes a P-256 key in the token. @returns its id, hex, and the key by it */
  generate(label: string): Promise<{ readonly keyId: string; readonly key: SigningKey }>;
  key(keyId: string, publicKey: KeyObject): SigningKey;
  /** The key with its public half, which the token is asked for. */
  find(keyId: string): Promise<SigningKey>;
  /** Deletes the key pair. */
  destroy(keyId: string): Promise<void>;
};

const patienceMs = 10_000;
/** What opens key files is none of its business. */
const withheld = Object.fromEntries(signerOnly.map((name) => [name, ""]));
/** Name of the variable by which the program, and only it, gets the PIN. */
const pinVariable = "QUAYSIDE_TOKEN_PIN";

type Run = (parameters: readonly string[], input?: Uint8Array) => Promise<Buffer>;

function runner({ module, tokenLabel, pin }: TokenSettings): Run {
  const common = ["--module", module, "--token-label", tokenLabel];
  const login = ["--login", "--pin", `env:${pinVariable}`];
  return (parameters, input) =>
    new Promise((resolve, reject) => {
      const child = spawn("pkcs11-tool", [...common, ...login, ...parameters], {
        env: childEnvironment({ ...withheld, [pinVariable]: pin }),
        stdio: ["pipe", "pipe", "pipe"],
        timeout: patienceMs,
      });
      const output: Buffer[] = [];
      let words = "";
      child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => {
        words = (words + chunk.toString("utf8")).slice(-500);
      });
      // It may have ended before it read everything; its exit says why.
      child.stdin.on("error", () => undefined);
      child.once("error", (error) => {
        reject(new TokenUnavailable(`pkcs11-tool cannot be started: ${error.message}.`));
      });
      child.once("close", (code) => {
        if (code === 0) resolve(Buffer.concat(output));
        else {
          const last = words.trim().split("\n").at(-1) ?? "";
          const why = `The token ${tokenLabel} cannot be used: ${last}`;
          reject(new TokenUnavailable(`${why}. Check PKCS11_MODULE and PKCS11_PIN_FILE.`));
        }
      });
      child.stdin.end(input);
    });
}

function tokenKey(run: Run, keyId: string, publicKey: KeyObject): SigningKey {
  const sign = ["--sign", "--mechanism", "ECDSA", "--signature-format", "openssl"];
  return {
    algorithm: ecdsaWithSha256,
    publicKey,
    sign: async (bytes) => {
      const digest = createHash("sha256").update(bytes).digest();
      const signature = await run([...sign, "--id", keyId], digest);
      if (verify("sha256", bytes, { key: publicKey, dsaEncoding: "der" }, signature)) {
        return signature;
      }
      throw new TokenUnavailable(
        `The key ${keyId} in the token is not that of the CA's certificate. Check PKCS11_TOKEN_LABEL.`,
      );
    },
  };
}

/** Reaches nothing yet: a token that is away is told by whatever needs it. */
export function openToken(settings: TokenSettings): Token {
  const run = runner(settings);
  const find = async (keyId: string): Promise<SigningKey> => {
    const spki = await run(["--read-object", "--type", "pubkey", "--id", keyId]);
    const publicKey = createPublicKey({ key: spki, type: "spki", format: "der" });
    return tokenKey(run, keyId, publicKey);
  };
  return {
    find,
    generate: async (label) => {
      const keyId = randomBytes(8).toString("hex");
      const pair = ["--keypairgen", "--key-type", "EC:prime256v1", "--usage-sign"];
      await run([...pair, "--id", keyId, "--label", label]);
      return { keyId, key: await find(keyId) };
    },
    key: (keyId, publicKey) => tokenKey(run, keyId, publicKey),
    destroy: async (keyId) => {
      for (const type of ["privkey", "pubkey"]) {
        await run(["--delete-object", "--type", type, "--id", keyId]);
      }
    },
  };
}
