import type { Database } from "#server/db/client.ts";
import {
  findAuthorities,
  findClaimCertificate,
  findEnrolmentSecret,
  findGroup,
} from "#server/db/find-enrolment.ts";
import type {
  EnrolmentAnswer,
  EnrolmentEvidence,
  FoundAuthority,
  FoundCredential,
  FoundGroup,
} from "#server/services/enrolment/answer.ts";
import { enrol } from "#server/services/enrolment/enrol.ts";
import { createTurnstile } from "#server/gateway/enrol/turnstile.ts";
import { giveOwnership, redeemOwnership } from "#server/services/enrolment/ownership.ts";
import { systemContext, type SystemParts } from "#server/services/system-context.ts";

/** How whoever receives devices finds enrolment groups and enrols by them. All may throw in outages. */
export type EnrolmentPort = {
  group(publicId: string): Promise<FoundGroup | undefined>;
  /** @param sha256 of the certificate's DER, lower-case hex */
  claimCertificate(sha256: string): Promise<FoundCredential | undefined>;
  /** @param hash SHA-256 of the secret's text */
  secret(hash: Buffer): Promise<FoundCredential | undefined>;
  authorities(presented: {
    readonly sha256s: readonly string[];
    readonly subjects: readonly string[];
  }): Promise<readonly FoundAuthority[]>;
  enrol(group: FoundGroup, evidence: EnrolmentEvidence): Promise<EnrolmentAnswer>;
  /** @returns the token for the second step of an enrolment in two */
  giveOwnership(group: FoundGroup, requestId: string): Promise<string>;
  /** @returns the id of the device that the token was given to; undefined when it counts no more */
  redeemOwnership(group: FoundGroup, token: string): Promise<string | undefined>;
};

/** Where devices are enrolled that were let in for that. */
export type EnrolmentDesk = Pick<EnrolmentPort, "enrol" | "giveOwnership" | "redeemOwnership">;

/** One is in its transaction, and the next is there when it ends. */
const groupAtOnce = 2;
/** Most of them wait for the webhook, which is asked outside of the transaction. */
const webhookAtOnce = 16;
const mostWaiting = 10_000;

/**
 * The port on the database.
 * @param input.db connections of the ingest role, which finds groups over all tenants
 * @param input.system connections of the application role, which enrols in the group's tenant
 */
export function createEnrolmentPort(input: {
  readonly db: Database;
  readonly system: SystemParts;
}): EnrolmentPort {
  const { db, system } = input;
  const turnstile = createTurnstile(mostWaiting);
  return {
    group: (publicId) => findGroup(db, publicId),
    claimCertificate: (sha256) => findClaimCertificate(db, sha256),
    secret: (hash) => findEnrolmentSecret(db, hash),
    authorities: (presented) => findAuthorities(db, presented),
    enrol: (group, evidence) => {
      const at = { tenantId: group.tenantId, name: "enrolment", ip: evidence.remote };
      const atOnce = group.rules.webhook === null ? groupAtOnce : webhookAtOnce;
      return turnstile.run({ key: group.id, atOnce }, () =>
        enrol(systemContext(system, at), group, evidence),
      );
    },
    giveOwnership: ({ tenantId }, requestId) =>
      giveOwnership(systemContext(system, { tenantId, name: "enrolment" }), requestId),
    redeemOwnership: (group, token) => {
      const at = { tenantId: group.tenantId, name: "enrolment" };
      return redeemOwnership(systemContext(system, at), group, token);
    },
  };
}
