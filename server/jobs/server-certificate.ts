import type { Job } from "#server/jobs/runner.ts";
import { readServerPair } from "#server/pki/server-certificate-pair.ts";
import {
  pairFiles,
  type ServerCertificateSettings,
} from "#server/pki/server-certificate-source.ts";

/**
 * Looks each minute whether the pair that the device listeners should present can be used, so that
 * the reason is seen where people look when it cannot. The workers load it by themselves.
 * @param now epoch milliseconds
 */
export function serverCertificateCheck(
  settings: ServerCertificateSettings,
  now: () => number = Date.now,
): Job {
  const files = pairFiles(settings);
  return {
    name: "tls.server_certificate",
    everyMs: 60_000,
    run: async () => {
      if (files === undefined) return "made by our own CA";
      const { notAfter } = await readServerPair({ ...files, now: new Date(now()) });
      return `good until ${notAfter.toISOString()}`;
    },
  };
}
