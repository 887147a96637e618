import type { Keyring } from "#server/crypto/envelope.ts";
import type { Database } from "#server/db/client.ts";
import { findClaimCertificate, findGroupKeys } from "#server/db/find-enrolment.ts";
import type { RegistrarRecord } from "#server/gateway/identify/judge-registration.ts";
import type { FoundCredential } from "#server/services/enrolment/answer.ts";
import { groupKeyPlace, type GroupKeySlot } from "#server/services/enrolment/group-key.ts";

/** Who may enrol devices. Nothing is remembered: each proves itself once, and what is left of a claim changes. */
export type EnrolmentLookups = {
  /** @param sha256 of a claim certificate's DER, lower-case hex */
  claim(sha256: string): Promise<FoundCredential | undefined>;
  /** The symmetric-key group that has this id scope. */
  registrar(idScope: string): Promise<RegistrarRecord | undefined>;
};

/** The lookups in the database; a key that does not open is there without its bytes. */
export function createEnrolmentLookups(db: Database, keyring: Keyring): EnrolmentLookups {
  return {
    claim: (sha256) => findClaimCertificate(db, sha256),
    registrar: async (idScope) => {
      const found = await findGroupKeys(db, idScope);
      if (found === undefined) return undefined;
      const { group, sealedPrimary, sealedSecondary } = found;
      const open = (slot: GroupKeySlot, sealed: Buffer): Buffer | undefined => {
        try {
          return keyring.open(groupKeyPlace(found, slot), sealed);
        } catch {
          // The refusal of whoever registers says that it cannot be opened.
          return undefined;
        }
      };
      return { group, keys: [open("primary", sealedPrimary), open("secondary", sealedSecondary)] };
    },
  };
}
