import { findCertificateConnections } from "#server/db/find-certificate-connections.ts";
import type { Database } from "#server/db/client.ts";
import {
  findEndingCertificates,
  readCertificatePolicies,
} from "#server/db/find-ending-certificates.ts";
import { findEndingThings, type EndingThingRow } from "#server/db/find-ending-things.ts";
import {
  findHaltedCampaigns,
  findOnlineRoots,
  readNewestProbe,
} from "#server/db/find-installation-findings.ts";
import { findRsaKeys, findSharedKeys } from "#server/db/find-key-findings.ts";
import { findClockRefusals, findRevokedAttempts } from "#server/db/find-refused-findings.ts";
import { findRevocationLists } from "#server/db/find-revocation-lists.ts";
import { findUnusedCertificates } from "#server/db/find-unused-certificates.ts";
import type { AlertRule, Observation } from "#server/domain/alert.ts";
import {
  authorityEnding,
  certificateEnding,
  claimEnding,
  customerCaEnding,
  renewalOverdue,
  rotationStalled,
  serverCertificateEnding,
  trustAnchorEnding,
} from "#server/domain/alert-rules.ts";
import {
  campaignHalted,
  clockOff,
  placesWindowMs,
  revocationListLate,
  revokedTrying,
  rootOnline,
  rsaKeys,
  sharedKey,
  tlsWrong,
  twoPlaces,
} from "#server/domain/alert-rules-seen.ts";
import { certificatePolicy } from "#server/domain/profile-parts-schema.ts";

const dayMs = 86_400_000;

/**
 * How far beyond its first day a subject is looked at: an alert of one that is near stays, also when
 * the clock goes back by hours.
 */
const nearMs = 2 * dayMs;

/** Findings of one rule in one evaluation; with more of them none of its alerts is resolved. */
export const mostFindings = 50_000;

/** What some rules see now. */
export type Observed = {
  readonly observations: readonly Observation[];
  /** Whether there was more than the limit, so that what is missing means nothing. */
  readonly isPartial: boolean;
};

/** Rules that read the same rows, and how. */
export type Watch = {
  readonly rules: readonly AlertRule[];
  readonly look: (at: {
    readonly db: Database;
    readonly now: Date;
    readonly limit: number;
  }) => Promise<Observed>;
};

function observed<T>(
  rows: readonly T[],
  limit: number,
  judge: (row: T) => Observation | undefined,
): Observed {
  const observations = rows.flatMap((row) => judge(row) ?? []);
  return { observations, isPartial: rows.length >= limit };
}

const before = (now: Date, ms: number): Date => new Date(now.getTime() - ms);

/** Certificates of devices: those that people renew, and those that renew themselves. */
const deviceCertificates: Watch = {
  rules: ["certificate-ending", "renewal-overdue"],
  look: async ({ db, now, limit }) => {
    const alertDays = new Map<string, readonly number[] | undefined>();
    const profiles = (await readCertificatePolicies(db)).map(({ tenantId, profileId, policy }) => {
      const parsed = certificatePolicy.catch(certificatePolicy.parse({})).parse(policy);
      const isManual = parsed.renewal === "manual";
      alertDays.set(profileId, isManual ? parsed.alertDays : undefined);
      const reach = Math.max(...parsed.alertDays) * dayMs + nearMs;
      return { tenantId, profileId, endsBefore: isManual ? new Date(now.getTime() + reach) : null };
    });
    const until = new Date(now.getTime() + nearMs);
    const rows = await findEndingCertificates(db, { profiles, now, until, limit });
    return observed(rows, limit, (row) => {
      const days = alertDays.get(row.profileId);
      return days === undefined ? renewalOverdue(row, now) : certificateEnding(row, days, now);
    });
  },
};

const unusedCertificates: Watch = {
  rules: ["rotation-stalled"],
  look: async ({ db, now, limit }) =>
    observed(await findUnusedCertificates(db, { now, limit }), limit, rotationStalled),
};

function judgeThing(row: EndingThingRow, now: Date): Observation {
  switch (row.kind) {
    case "authority":
      return authorityEnding(row, now);
    case "server-certificate":
      return serverCertificateEnding(row, now);
    case "claim":
      return claimEnding(row, now);
    case "customer-ca":
      return customerCaEnding(row, now);
    case "trust-anchor":
      return trustAnchorEnding(row, now);
  }
}

const endingThings: Watch = {
  rules: [
    "authority-ending",
    "server-certificate-ending",
    "claim-ending",
    "customer-ca-ending",
    "trust-anchor-ending",
  ],
  look: async ({ db, now, limit }) =>
    observed(await findEndingThings(db, { now, limit }), limit, (row) => judgeThing(row, now)),
};

const keys: readonly Watch[] = [
  {
    rules: ["shared-key"],
    look: async ({ db, limit }) => observed(await findSharedKeys(db, limit), limit, sharedKey),
  },
  {
    rules: ["weak-key", "key-sunset"],
    look: async ({ db, limit }) => observed(await findRsaKeys(db, limit), limit, rsaKeys),
  },
];

const lists: Watch = {
  rules: ["crl-late"],
  look: async ({ db, now, limit }) =>
    observed(await findRevocationLists(db), limit, (row) => revocationListLate(row, now)),
};

const connections: Watch = {
  rules: ["two-places"],
  look: async ({ db, now, limit }) => {
    const since = before(now, placesWindowMs);
    return observed(await findCertificateConnections(db, { since, limit }), limit, twoPlaces);
  },
};

const refusals: readonly Watch[] = [
  {
    rules: ["clock-off"],
    look: async ({ db, now, limit }) =>
      observed(await findClockRefusals(db, { since: before(now, dayMs), limit }), limit, clockOff),
  },
  {
    rules: ["revoked-trying"],
    look: async ({ db, now, limit }) => {
      const since = before(now, 7 * dayMs);
      return observed(await findRevokedAttempts(db, { since, limit }), limit, revokedTrying);
    },
  },
];

const installation: readonly Watch[] = [
  {
    rules: ["campaign-halted"],
    look: async ({ db, limit }) =>
      observed(await findHaltedCampaigns(db, limit), limit, campaignHalted),
  },
  {
    rules: ["tls-wrong"],
    look: async ({ db, limit }) => {
      const probe = await readNewestProbe(db);
      return observed(probe === undefined ? [] : [probe], limit, tlsWrong);
    },
  },
  {
    rules: ["root-online"],
    look: async ({ db, now, limit }) =>
      observed(await findOnlineRoots(db), limit, (row) => rootOnline(row, now)),
  },
];

/** Looked at every minute: small tables, and what happened just now. */
export const quickWatches: readonly Watch[] = [lists, connections, ...refusals, ...installation];

/** Looked at every ten minutes: all certificates of all organisations. */
export const slowWatches: readonly Watch[] = [
  deviceCertificates,
  unusedCertificates,
  endingThings,
  ...keys,
];
