import { randomUUID } from "node:crypto";
import { createKeyring } from "#server/crypto/envelope.ts";
import { openDatabase } from "#server/db/client.ts";
import { signerSocket } from "#server/main/signer-process.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { connectSigner } from "#server/pki/signer-client.ts";
import { issueCertificate } from "#server/services/certificate/issue.ts";
import { socketPath } from "#server/socket-path.ts";
import type { Installation } from "#server/testing/installation.ts";

/** What a device needs for mutual TLS, as PEM. */
export type DeviceTls = {
  readonly key: string;
  /** Leaf and issuing CA. */
  readonly cert: string;
  /** Root by which it knows the server. */
  readonly ca: string;
};

/** A certificate for a server of a test on this machine, and the CAs that devices' are checked by. */
export async function issueServerCertificate(
  place: Pick<Installation, "dataDir">,
): Promise<DeviceTls> {
  const signer = connectSigner(socketPath({ DATA_DIR: place.dataDir }, signerSocket));
  const { privateKeyPem, csrPem } = await makeKeyAndRequest();
  const hosts = ["localhost", "127.0.0.1"];
  const { certificatePem, chainPem } = await signer.sign({ kind: "server", csrPem, hosts });
  return { key: privateKeyPem, cert: certificatePem + chainPem, ca: chainPem };
}

/** Issues a certificate for each device, as the console does. */
export async function issueCertificates(
  place: Pick<Installation, "appUrl" | "tenantId" | "dataDir">,
  deviceIds: readonly string[],
): Promise<readonly DeviceTls[]> {
  const db = openDatabase({ url: place.appUrl, max: 2 });
  const ctx = {
    db,
    tenantId: place.tenantId,
    actor: { type: "system" as const, name: "test" },
    role: "admin" as const,
    requestId: randomUUID(),
    ip: undefined,
    now: () => new Date(),
    keyring: createKeyring(undefined),
    signer: connectSigner(socketPath({ DATA_DIR: place.dataDir }, signerSocket)),
  };
  try {
    const issued: DeviceTls[] = [];
    for (const deviceId of deviceIds) {
      const { privateKeyPem, csrPem } = await makeKeyAndRequest();
      const { certificatePem, chainPem, caPem } = await issueCertificate(ctx, { deviceId, csrPem });
      issued.push({ key: privateKeyPem, cert: certificatePem + chainPem, ca: caPem });
    }
    return issued;
  } finally {
    await db.close();
  }
}
