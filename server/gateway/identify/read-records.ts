import type { Keyring } from "#server/crypto/envelope.ts";
import type { Database } from "#server/db/client.ts";
import { findDeviceCredentials } from "#server/db/find-device-credentials.ts";
import { findServiceClients } from "#server/db/find-service-clients.ts";
import type { CredentialRecord, ServiceClientRecord } from "#server/gateway/identify/registry.ts";

/** Devices with what opens the listener for them; a SAS key that does not open is there without its bytes. */
export async function readCredentials(
  db: Database,
  keyring: Keyring,
  deviceIds: readonly string[],
): Promise<readonly CredentialRecord[]> {
  const rows = await findDeviceCredentials(db, deviceIds);
  return rows.map(({ device, sasKeys, ...known }) => ({
    ...known,
    device,
    sasKeys: sasKeys.map(({ id, slot, sealed }) => {
      const { tenantId } = device;
      const place = { table: "device_credential", column: "sealed_key", tenantId, id };
      return { id, slot, key: opened(() => keyring.open(place, sealed)) };
    }),
  }));
}

/** The refusal of whoever presents a token made with the key says that it cannot be opened. */
function opened(open: () => Buffer): Buffer | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}

/** Service clients with their grants and passwords. */
export async function readServiceClients(
  db: Database,
  usernames: readonly string[],
): Promise<readonly ServiceClientRecord[]> {
  const rows = await findServiceClients(db, usernames);
  return rows.map((row) => ({
    principal: {
      kind: "service",
      tenantId: row.tenantId,
      serviceClientId: row.id,
      name: row.username,
      operator: row.operator,
      grants: row.grants,
    },
    state: row.state,
    passwords: row.passwordIds.flatMap((id, index) => {
      const hash = row.passwordHashes[index];
      return hash === undefined ? [] : [{ id, hash }];
    }),
  }));
}
