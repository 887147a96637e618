import { randomUUID } from "node:crypto";
import type { Keyring } from "#server/crypto/envelope.ts";
import type { Database } from "#server/db/client.ts";
import type { Signer } from "#server/pki/signer-client.ts";
import type { Context } from "#server/services/context.ts";

/** What services need when the product itself calls them. */
export type SystemParts = {
  /** Connections of the application role. */
  readonly db: Database;
  readonly signer: Signer;
  readonly keyring: Keyring;
  readonly now: () => Date;
};

/**
 * The caller of a service when nobody is signed in: a device that enrols itself, or a job. Row-level
 * security shows it the tenant's rows and no others, as it does to people.
 * @param at.name of the part that acts, as the audit trail shows it
 */
export function systemContext(
  parts: SystemParts,
  at: { readonly tenantId: string; readonly name: string; readonly ip?: string | undefined },
): Context {
  return {
    ...parts,
    tenantId: at.tenantId,
    actor: { type: "system", name: at.name },
    role: "admin",
    requestId: randomUUID(),
    ip: at.ip,
  };
}
