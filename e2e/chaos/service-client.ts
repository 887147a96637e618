import { randomUUID } from "node:crypto";
import { createKeyring } from "#server/crypto/envelope.ts";
import { openDatabase } from "#server/db/client.ts";
import { createServiceClient } from "#server/services/service-client/create.ts";
import type { Installation } from "#server/testing/installation.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";

/** A service client that may subscribe to what all devices send. */
export async function createDashboard(
  place: Installation,
  name: string,
): Promise<{ readonly username: string; readonly password: string }> {
  const db = openDatabase({ url: place.appUrl, max: 1 });
  try {
    return await createServiceClient(
      {
        db,
        tenantId: place.tenantId,
        actor: { type: "system", name: "test" },
        role: "admin",
        requestId: randomUUID(),
        ip: undefined,
        now: () => new Date(),
        keyring: createKeyring(undefined),
        signer: absentSigner(),
      },
      {
        name,
        grants: [{ filter: "qs/v1/d/+/up/#", maySubscribe: true, mayPublish: false }],
      },
    );
  } finally {
    await db.close();
  }
}
