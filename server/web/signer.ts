import "server-only";
import { connectSigner, type Signer } from "#server/pki/signer-client.ts";
import { socketPath } from "#server/socket-path.ts";
import { consoleEnv } from "#server/web/environment.ts";

let signer: Signer | undefined;

/** The signer as the console reaches it: a Unix socket, connected per request. */
export function consoleSigner(): Signer {
  signer ??= connectSigner(socketPath(consoleEnv(), "signer.sock"));
  return signer;
}
