import { execFile, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import mqtt from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKeyring } from "#server/crypto/envelope.ts";
import { openDatabase, type Database } from "#server/db/client.ts";
import { probePlan, type ProbeQuestion } from "#server/domain/tls-probe-plan.ts";
import { tlsProfiles } from "#server/domain/tls-profiles.ts";
import type { Context } from "#server/services/context.ts";
import { listRefusedConnections } from "#server/services/refused-connection/list.ts";
import { systemContext } from "#server/services/system-context.ts";
import { changeTlsProfile } from "#server/services/tls/change-profile.ts";
import { createTlsProbeDevice } from "#server/services/tls/create-probe-device.ts";
import { listTlsProbes, showTlsProbe } from "#server/services/tls/show-probe.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";
import {
  createInstalledClient,
  startInstalledWorker,
} from "#server/testing/mqtt/worker-backing.ts";

/** The prober of a worker process against its own listeners, and OpenSSL and sslscan against the same. */
let place: Installation;
let db: Database;
let ctx: Context;
let ports: { readonly mqtts: number };
let cafile: string;

const execute = promisify(execFile);

beforeAll(async () => {
  place = await startInstallation();
  const encryptionKey = randomBytes(32).toString("base64url");
  db = openDatabase({ url: place.appUrl, max: 2 });
  const parts = { db, signer: absentSigner(), keyring: createKeyring(encryptionKey) };
  ctx = systemContext(
    { ...parts, now: () => new Date() },
    { tenantId: place.tenantId, name: "test" },
  );
  ({ ports } = await startInstalledWorker(place, { ENCRYPTION_KEY: encryptionKey }));
  cafile = path.join(place.dataDir, "pki/root.pem");
});
afterAll(async () => {
  await db.close();
  await place.stop();
});

/** The first probe that started after the time and has ended. */
async function probeAfter(after: string) {
  for (let tries = 0; tries < 150; tries++) {
    const [run] = await listTlsProbes(ctx, { limit: 1 });
    if (run !== undefined && run.finishedAt !== null && run.startedAt >= after) {
      return showTlsProbe(ctx, { id: run.id });
    }
    await sleep(100);
  }
  throw new Error("No worker has probed the listeners.");
}

/** Asks by `openssl s_client` what the prober asks. */
async function askOpenssl({ version, suite, curve }: ProbeQuestion): Promise<string> {
  const flags: Readonly<Record<string, string>> = {
    TLSv1: "-tls1",
    "TLSv1.1": "-tls1_1",
    "TLSv1.2": "-tls1_2",
    "TLSv1.3": "-tls1_3",
  };
  const suites =
    version === "TLSv1.3"
      ? ["-ciphersuites", suite]
      : ["-cipher", `${suite === "any" ? "ALL" : suite}:@SECLEVEL=0`];
  const connect = ["s_client", "-connect", `127.0.0.1:${ports.mqtts}`, flags[version] ?? ""];
  const child = execute("openssl", [...connect, ...suites, "-groups", curve, "-CAfile", cafile]);
  child.child.stdin?.end();
  return child.then(
    ({ stdout }) => (stdout.includes("Verify return code: 0 (ok)") ? "accepted" : stdout),
    () => "refused-handshake",
  );
}

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const hasSslscan = spawnSync("sslscan", ["--version"]).status === 0;

describe("the profile nist-800-52r2", () => {
  it("is answered rightly by every listener, with certificates of a device of its own", async () => {
    const { requestedAt } = await createTlsProbeDevice(ctx, {});
    const probe = await probeAfter(requestedAt);

    expect(probe.answers.filter(({ wrong }) => wrong)).toEqual([]);
    expect(probe).toMatchObject({ wrong: 0, error: "" });
    // The worker's first one, when it begins after that, answers the request as well.
    expect(["system:test", "schedule"]).toContain(probe.requestedBy);
    const missing = probe.answers.filter(({ outcome }) => outcome === "not-probed");
    expect(new Set(missing.map(({ client }) => client))).toEqual(new Set(["expired"]));
    expect(new Set(probe.answers.map(({ listener }) => listener))).toEqual(
      new Set(["mqtts", "wss", "device-https"]),
    );
  });

  it.runIf(process.platform === "linux")("fills no list of refused connections", async () => {
    const { refusals } = await listRefusedConnections(ctx, {});
    expect(refusals).toEqual([]);
  });

  it.skipIf(!hasOpenssl)("is seen alike by openssl s_client (needs openssl)", async () => {
    const strange = /RC4|DES-CBC3|AECDH|NULL/;
    const asked = probePlan(tlsProfiles["nist-800-52r2"], "mqtts").filter(
      ({ client, suite }) => client === "unasked" && !strange.test(suite),
    );
    const seen = await Promise.all(asked.map(askOpenssl));
    expect(
      asked.map(({ version, suite, curve }, index) => [version, suite, curve, seen[index]]),
    ).toEqual(
      asked.map(({ version, suite, curve, expected }) => [version, suite, curve, expected]),
    );
  });

  it.skipIf(!hasSslscan)("is seen alike by sslscan (needs sslscan)", async () => {
    const { stdout } = await execute("sslscan", [
      "--no-colour",
      "--no-fallback",
      "--no-heartbleed",
      `127.0.0.1:${ports.mqtts}`,
    ]);
    const suites = [...stdout.matchAll(/^(?:Preferred|Accepted) +TLSv(\S+) +\d+ bits +(\S+)/gm)];
    const { suites12, suites13 } = tlsProfiles["nist-800-52r2"];
    const ours = suites12.filter((suite) => suite.startsWith("ECDHE-ECDSA-"));
    expect(suites.map(([, version, suite]) => `${version} ${suite}`).toSorted()).toEqual(
      [
        ...ours.map((suite) => `1.2 ${suite}`),
        ...suites13.map((suite) => `1.3 ${suite}`),
      ].toSorted(),
    );
    expect(stdout).toMatch(/SSLv3 +disabled/);
    expect(stdout).toMatch(/TLSv1.0 +disabled/);
    expect(stdout).toMatch(/TLSv1.1 +disabled/);
  });
});

it("a change of profile holds at once, is probed, and cuts no session", async () => {
  const account = await createInstalledClient(place, {
    name: "Watcher",
    grants: [{ filter: "tls/#", maySubscribe: true, mayPublish: true }],
  });
  const options = {
    ...account,
    rejectUnauthorized: false,
    maxVersion: "TLSv1.2",
    reconnectPeriod: 0,
    protocolVersion: 5,
  } as const;
  const client = await mqtt.connectAsync(`mqtts://127.0.0.1:${ports.mqtts}`, options);
  const changedAt = new Date().toISOString();
  await changeTlsProfile(ctx, { profile: "modern", revision: 0 });
  const probe = await probeAfter(changedAt);

  expect(probe.answers.filter(({ wrong }) => wrong)).toEqual([]);
  expect(probe).toMatchObject({ wrong: 0, requestedBy: "change" });
  expect(probe.profile).toMatch(/^modern@/);
  await client.publishAsync("tls/still-here", "1", { qos: 1 });
  await client.endAsync();
});
