import type { Prepared, Scenario } from "#bench/harness.ts";
import { startBenchInstallation } from "#bench/installation.ts";
import { startLimit } from "#bench/limit/start.ts";
import { deviceCount, measureIngest } from "#bench/scenarios/ingest.ts";
import { freePort } from "#server/db/embedded.ts";
import { issueCertificates, issueServerCertificate } from "#server/testing/issue-certificates.ts";

async function prepare(): Promise<Prepared> {
  const port = await freePort();
  const ours = await startBenchInstallation(deviceCount, { MQTTS_PORT: String(port) });
  const { installation, worker } = ours;
  const { cluster } = installation;
  const tls = await issueCertificates(
    installation,
    ours.devices.map(({ id }) => id),
  );
  const devices = ours.devices.flatMap(({ id }, index) => {
    const own = tls[index];
    return own === undefined ? [] : [{ id, tls: own }];
  });
  const limit = await startLimit(cluster, await issueServerCertificate(installation));
  return {
    arms: [
      {
        name: "quayside",
        measure: () => measureIngest({ port, pids: [worker.pid, cluster.pid], devices }),
      },
      {
        name: "limit",
        measure: () => measureIngest({ port: limit.port, pids: [limit.pid, cluster.pid], devices }),
      },
    ],
    stop: async () => {
      await limit.stop();
      await ours.stop();
    },
  };
}

/** P2: P1 over mutual TLS, with each device's own topics and identity; the limit has the same TLS. */
export const ingestMtls: Scenario = {
  id: "P2",
  name: "P1 with mutual TLS, a certificate and an ACL per device (no rules yet)",
  unit: "msg/s",
  prepare,
};
