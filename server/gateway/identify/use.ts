import type { Database } from "#server/db/client.ts";
import { touchDeviceCredentials, type CredentialUse } from "#server/db/touch-device-credentials.ts";
import { touchServiceClientPasswords } from "#server/db/touch-service-client-passwords.ts";
import type { Registry } from "#server/gateway/identify/registry.ts";

/** When passwords and credentials were used last, until it is written: a log-in must not wait for that. */
export function createUse(
  db: Database,
): Pick<Registry, "noteUsed" | "noteCredentialUsed" | "flushUsed"> {
  const passwords = new Map<string, Date>();
  const credentials = new Map<string, CredentialUse>();
  async function flushPasswords(): Promise<void> {
    if (passwords.size === 0) return;
    const written = [...passwords];
    await touchServiceClientPasswords(
      db,
      written.map(([passwordId, at]) => ({ passwordId, at })),
    );
    for (const [passwordId, at] of written) {
      if (passwords.get(passwordId) === at) passwords.delete(passwordId);
    }
  }
  async function flushCredentials(): Promise<void> {
    if (credentials.size === 0) return;
    const written = [...credentials.values()];
    await touchDeviceCredentials(db, written);
    for (const use of written) {
      if (credentials.get(use.id) === use) credentials.delete(use.id);
    }
  }
  return {
    noteUsed: (passwordId, at) => {
      passwords.set(passwordId, at);
    },
    noteCredentialUsed: (use) => {
      credentials.set(use.id, use);
    },
    flushUsed: async () => {
      await flushPasswords();
      await flushCredentials();
    },
  };
}
