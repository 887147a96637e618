import { randomBytes } from "node:crypto";
import type { Door } from "#e2e/chaos/enrolling-device.ts";
import { createKeyring } from "#server/crypto/envelope.ts";
import { openDatabase } from "#server/db/client.ts";
import { freePort } from "#server/db/embedded.ts";
import { signerSocket } from "#server/main/signer-process.ts";
import { readAuthorityCertificates } from "#server/pki/authority.ts";
import { connectSigner } from "#server/pki/signer-client.ts";
import type { Context } from "#server/services/context.ts";
import { systemContext } from "#server/services/system-context.ts";
import { socketPath } from "#server/socket-path.ts";
import type { Installation } from "#server/testing/installation.ts";

/** From where an installation is administered that has no console, and where its devices find it. */
export type Office = {
  readonly place: Installation;
  readonly ctx: Context;
  readonly door: Door;
  /** Of the CA that signs devices' certificates. */
  readonly issuingPem: string;
  /** For each worker: all of them on the same ports, with the same keys. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

export async function openOffice(place: Installation): Promise<Office> {
  const db = openDatabase({ url: place.appUrl, max: 3 });
  const [encryptionKey, mqttsPort, httpsPort, pkiPort] = [
    randomBytes(32).toString("base64url"),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const parts = {
    db,
    signer: connectSigner(socketPath({ DATA_DIR: place.dataDir }, signerSocket)),
    keyring: createKeyring(encryptionKey),
    now: () => new Date(),
  };
  const { rootPem, issuingPem } = await readAuthorityCertificates(place.dataDir);
  return {
    place,
    ctx: systemContext(parts, { tenantId: place.tenantId, name: "test" }),
    door: { mqttsPort, httpsPort, rootPem },
    issuingPem,
    env: {
      ENCRYPTION_KEY: encryptionKey,
      MQTTS_PORT: String(mqttsPort),
      DEVICE_HTTPS_PORT: String(httpsPort),
      PKI_PORT: String(pkiPort),
    },
    close: () => db.close(),
  };
}
