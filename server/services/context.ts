import type { Keyring } from "#server/crypto/envelope.ts";
import type { Role } from "#server/domain/roles.ts";
import type { Database } from "#server/db/client.ts";
import type { Signer } from "#server/pki/signer-client.ts";

/** Who acts. Recorded in every audit event. */
export type Actor =
  | {
      readonly type: "user";
      readonly id: string;
      readonly email: string;
      readonly sessionId: string;
    }
  | { readonly type: "token"; readonly id: string; readonly name: string }
  | { readonly type: "system"; readonly name: string };

/** Everything a query or mutation knows about its caller. */
export type Context = {
  readonly db: Database;
  readonly tenantId: string;
  readonly actor: Actor;
  readonly role: Role;
  readonly requestId: string;
  readonly ip: string | undefined;
  readonly now: () => Date;
  /** The only way to the device CA. */
  readonly signer: Signer;
  /** Seals what must be read again, for example SAS keys. */
  readonly keyring: Keyring;
  /** Aborts when nobody waits for the answer any more; absent where nobody can go away. */
  readonly signal?: AbortSignal;
};

/** How an actor is written in the audit trail and in `created_by`. */
export function actorName(actor: Actor): string {
  switch (actor.type) {
    case "user":
      return actor.email;
    case "token":
      return `token:${actor.name}`;
    case "system":
      return `system:${actor.name}`;
  }
}
