import { pino, type Logger } from "pino";
import type { Env, signerOnly } from "#server/env.ts";
import { keySettings } from "#server/main/signer-keys.ts";
import { openAuthority } from "#server/pki/authority.ts";
import { createLocalSigner } from "#server/pki/local-signer.ts";
import { openSignatureLog } from "#server/pki/signature-log.ts";
import { serveSigner } from "#server/pki/signer-server.ts";
import { socketPath } from "#server/socket-path.ts";

/** Name of the signer's socket; see socketPath. */
export const signerSocket = "signer.sock";

/**
 * Opens the device CA (made at the first start) and serves it on its socket.
 * @throws AuthorityUnusable, SocketInUse
 */
export async function startSigner(
  env: Pick<Env, "DATA_DIR" | "LOG_LEVEL"> &
    Partial<Pick<Env, "PKI_URL" | (typeof signerOnly)[number]>>,
  log: Logger = pino({ name: "signer", level: env.LOG_LEVEL }),
): Promise<{ stop(): Promise<void> }> {
  const now = (): Date => new Date();
  const path = socketPath(env, signerSocket);
  const server = await serveSigner({
    socketPath: path,
    openSigner: async () => {
      const authority = await openAuthority({
        dataDir: env.DATA_DIR,
        now: now(),
        ...keySettings(env),
        pkiUrl: env.PKI_URL,
      });
      if (authority.created) log.info({ event: "ca.created" }, "device CA created");
      return createLocalSigner({ authority, log: openSignatureLog(env.DATA_DIR), now });
    },
    onEvent: (event) => {
      if (event.outcome === "signed") log.debug({ event: "certificate.signed", ...event });
      else log.warn({ event: "certificate.not_signed", ...event });
    },
  });
  log.info({ event: "signer.ready", socket: path }, "signer ready");
  return server;
}
