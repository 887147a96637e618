import { withInstallation } from "#server/db/tenant.ts";
import { recordServerCertificate } from "#server/pki/server-certificate-record.ts";
import type { ListenerTls } from "#server/gateway/mqtt/tls-profile.ts";
import { serverHosts } from "#server/main/server-hosts.ts";
import { repeat, type WorkerParts } from "#server/main/worker-parts.ts";
import { readAuthorityCertificates } from "#server/pki/authority.ts";
import {
  createServerCertificateSource,
  type ServerCertificateSource,
} from "#server/pki/server-certificate-source.ts";
import { readChosenProfile } from "#server/services/tls/settings.ts";

/** A change that no worker was told of, and a file that was replaced, hold here after so long. */
const reloadMs = 60_000;

/** What the TLS listeners of this worker present and take, kept fresh. */
export type ListenerTlsKeeper = {
  current(): ListenerTls;
  /** Called with what is new, for the next handshakes; connections go on. */
  follow(reload: (tls: ListenerTls) => void): void;
  /** Reads everything anew. What cannot be read now is as before. */
  refresh(): Promise<void>;
};

/**
 * Reads certificate, CAs and profile of the listeners, and follows them: each minute, at SIGHUP, and
 * when a worker is told that trust changed.
 * @throws SignerUnavailable, SignerRefusal, AuthorityUnusable, Error when the database cannot be asked
 */
export async function keepListenerTls(parts: WorkerParts): Promise<ListenerTlsKeeper> {
  const { env, system, log, stops, followers } = parts;
  const source = createServerCertificateSource({
    settings: env,
    signer: system.signer,
    hosts: () => serverHosts(env),
    now: system.now,
  });
  const reloads: ((tls: ListenerTls) => void)[] = [];
  let current = await readListenerTls(parts, source, undefined);
  const refresh = async (): Promise<void> => {
    try {
      const next = await readListenerTls(parts, source, current);
      if (isSame(next, current)) return;
      current = next;
      for (const reload of reloads) reload(next);
      log.info({ event: "tls.reloaded", profile: next.profile });
    } catch (error) {
      log.warn({ event: "tls.reload_failed", reason: String(error) });
    }
  };
  const wake = (): void => void refresh();
  followers.set("trust", wake);
  process.on("SIGHUP", wake);
  stops.push(() => void process.off("SIGHUP", wake));
  stops.push(repeat(reloadMs, refresh));
  return { current: () => current, follow: (reload) => void reloads.push(reload), refresh };
}

function isSame(a: ListenerTls, b: ListenerTls): boolean {
  return a.key === b.key && a.cert === b.cert && a.ca === b.ca && a.profile === b.profile;
}

/** Certificate, CAs of the devices, and profile; what is new of the certificate is recorded. */
async function readListenerTls(
  parts: WorkerParts,
  source: ServerCertificateSource,
  before: ListenerTls | undefined,
): Promise<ListenerTls> {
  const { env, db, log, system } = parts;
  const loaded = await source.load();
  if (loaded.problem !== undefined) {
    log.error({ event: "tls.certificate_refused", reason: loaded.problem });
  }
  if (loaded.certPem !== before?.cert) {
    const { source: origin, certPem } = loaded;
    await recordServerCertificate(db, { origin, certPem, now: system.now() });
  }
  const { bundlePem: ca } = await readAuthorityCertificates(env.DATA_DIR, system.now());
  const { profile } = await withInstallation(db, readChosenProfile);
  return { key: loaded.keyPem, cert: loaded.certPem, ca, profile };
}
