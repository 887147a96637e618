import { createPrivateKey, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import type { Measurement, Prepared, Scenario, Settings } from "#bench/harness.ts";
import { contextOf, makeRequests, onboard } from "#bench/onboarding.ts";
import { newEncryptionKey } from "#server/crypto/envelope.ts";
import { openDatabase } from "#server/db/client.ts";
import { signerSocket } from "#server/main/signer-process.ts";
import { connectSigner, type Signer } from "#server/pki/signer-client.ts";
import { socketPath } from "#server/socket-path.ts";
import { startInstallation } from "#server/testing/installation.ts";

const usualCount = 5_000;
/** Requests that wait for the signer at once. */
const lanes = 32;

const perSecond = (count: number, startedAt: number): Measurement => ({
  value: (count * 1000) / (performance.now() - startedAt),
});

/** What the two signatures alone take: one is checked, one is made, by OpenSSL in one thread. */
function limit(count: number): Measurement {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }));
  const body = randomBytes(500);
  const proof = sign("sha256", body, key);
  const startedAt = performance.now();
  for (let n = 0; n < count; n += 1) {
    if (!verify("sha256", body, publicKey, proof)) throw new Error("The proof does not hold.");
    sign("sha256", body, key);
  }
  return perSecond(count, startedAt);
}

/** Request, policy, signature and the line in the signer's log on disk, by its socket. */
async function bySigner(signer: Signer, csrs: readonly string[]): Promise<Measurement> {
  const startedAt = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let csrPem = csrs[next]; csrPem !== undefined; csrPem = csrs[next]) {
      next += 1;
      await signer.sign({
        kind: "device",
        csrPem,
        deviceId: `bench-${next}`,
        deviceUuid: "11111111-2222-4333-8444-555555555555",
        organisation: "Acme",
        days: 90,
      });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return perSecond(csrs.length, startedAt);
}

async function prepare(say: (line: string) => void, settings: Settings): Promise<Prepared> {
  const installation = await startInstallation();
  const encryptionKey = newEncryptionKey();
  const env = { NODE_ENV: "production", ENCRYPTION_KEY: encryptionKey };
  const worker = await installation.startWorker(env);
  const db = openDatabase({ url: installation.appUrl, max: 4 });
  const { profileId } = installation;
  const place = { ctx: contextOf(installation, db, encryptionKey), profileId, worker };
  const signer = connectSigner(socketPath({ DATA_DIR: installation.dataDir }, signerSocket));
  const count = settings.connections ?? usualCount;
  return {
    arms: [
      {
        name: "with devices, rows and audit",
        measure: async () => {
          const csrs = await makeRequests(count);
          say(`a batch of ${count} signing requests`);
          const csr = (index: number): string => csrs[index] ?? "";
          const { more } = await onboard(place, { count, keys: "csr", csr });
          return { value: count / (more?.["createSeconds"] ?? Number.NaN) };
        },
      },
      {
        name: "signer by its socket",
        measure: async () => bySigner(signer, await makeRequests(count)),
      },
      { name: "verify and sign alone", measure: () => Promise.resolve(limit(count)) },
    ],
    stop: async () => {
      await db.close();
      await installation.stop();
    },
  };
}

/** P12: from a signing request to a certificate in the registry. */
export const certificates: Scenario = {
  id: "P12",
  name: "certificates issued from signing requests",
  unit: "1/s",
  rounds: 3,
  prepare,
};
