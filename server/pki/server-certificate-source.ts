import { acmeFiles } from "#server/pki/acme.ts";
import { readServerPair, ServerCertificateUnusable } from "#server/pki/server-certificate-pair.ts";
import { ensureServerCertificate, type ServerCertificate } from "#server/pki/server-certificate.ts";
import type { Signer } from "#server/pki/signer-client.ts";

/** Who makes the certificate of the device listeners. */
export type ServerCertificateOrigin = "own-ca" | "file" | "acme";

/** The settings that decide. */
export type ServerCertificateSettings = {
  readonly DATA_DIR: string;
  readonly DEVICE_TLS_CERT?: string | undefined;
  readonly DEVICE_TLS_KEY?: string | undefined;
  readonly ACME_DIRECTORY_URL?: string | undefined;
};

export type LoadedServerCertificate = ServerCertificate & {
  readonly source: ServerCertificateOrigin;
  /** Why it is not the one that was wanted; undefined when it is. */
  readonly problem: string | undefined;
};

export type ServerCertificateSource = {
  /**
   * Reads what is to be presented now.
   * @throws SignerUnavailable, SignerRefusal, AuthorityUnusable where there is nothing else to present
   */
  load(): Promise<LoadedServerCertificate>;
};

/** What the settings ask for. */
export function originOf(settings: ServerCertificateSettings): ServerCertificateOrigin {
  if (settings.DEVICE_TLS_CERT !== undefined) return "file";
  return settings.ACME_DIRECTORY_URL === undefined ? "own-ca" : "acme";
}

/** Where the wanted pair is; undefined when our own CA makes it. */
export function pairFiles(
  settings: ServerCertificateSettings,
): { readonly certFile: string; readonly keyFile: string } | undefined {
  const { DEVICE_TLS_CERT: certFile, DEVICE_TLS_KEY: keyFile } = settings;
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
  return originOf(settings) === "acme" ? acmeFiles(settings.DATA_DIR) : undefined;
}

/**
 * The certificate of the listeners: from files, from an ACME server, or of our own CA. A pair that
 * cannot be used is refused with its reason, and the one before goes on; where there was none, our
 * own CA's, so that no listener stays closed.
 */
export function createServerCertificateSource(at: {
  readonly settings: ServerCertificateSettings;
  readonly signer: Signer;
  readonly hosts: () => readonly string[];
  readonly now: () => Date;
}): ServerCertificateSource {
  const { settings, signer } = at;
  const files = pairFiles(settings);
  const wanted = originOf(settings);
  let last: LoadedServerCertificate | undefined;
  const own = async (problem: string | undefined): Promise<LoadedServerCertificate> => {
    const hosts = at.hosts();
    const made = await ensureServerCertificate({
      dataDir: settings.DATA_DIR,
      signer,
      hosts,
      now: at.now(),
    });
    return { ...made, source: "own-ca", problem };
  };
  return {
    load: async () => {
      if (files === undefined) return own(undefined);
      try {
        const pair = await readServerPair({ ...files, now: at.now() });
        last = { ...pair, source: wanted, problem: undefined };
      } catch (error) {
        if (!(error instanceof ServerCertificateUnusable)) throw error;
        last = last === undefined ? undefined : { ...last, problem: error.message };
        return last ?? (await own(error.message));
      }
      return last;
    },
  };
}
