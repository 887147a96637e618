/** How a part of the installation stands; unknown: nobody has looked yet. */
export type ReadinessState = "ok" | "warn" | "bad" | "unknown";

/** What the installation was last seen to be. Instants are ISO 8601 in UTC, null: there is none. */
export type ReadinessFacts = {
  /** Workers whose heart beats. */
  readonly workers: number;
  readonly failedJobs: readonly string[];
  /** Absent: the reader may not see it. */
  readonly tls?: {
    /** The newest look at the listeners that came to its end. */
    readonly probe: {
      readonly finishedAt: string;
      readonly cells: number;
      readonly wrong: number;
      readonly error: string;
    } | null;
    /** End of the certificate that the listeners show. */
    readonly certificateEndsAt: string | null;
  };
  /** Absent: the reader may not see it. */
  readonly authorities?: {
    /** End of the issuing CA in use. */
    readonly issuingEndsAt: string | null;
    /** Lists of revoked certificates that are kept. */
    readonly lists: {
      readonly current: number;
      readonly late: number;
      readonly expired: number;
    };
  };
};

/** One part, with what its state was read from. */
export type ReadinessItem = { readonly state: ReadinessState } & (
  | { readonly id: "workers"; readonly workers: number }
  | { readonly id: "jobs"; readonly failed: readonly string[] }
  | {
      readonly id: "listeners";
      readonly probedAt: string | null;
      readonly cells: number;
      readonly wrong: number;
      readonly error: string;
    }
  | { readonly id: "server-certificate"; readonly endsAt: string | null }
  | { readonly id: "issuing-ca"; readonly endsAt: string | null }
  | {
      readonly id: "revocation-lists";
      readonly lists: number;
      readonly late: number;
      readonly expired: number;
    }
);

const dayMs = 86_400_000;
/** Listeners are looked at every day. */
const probeStaleMs = 2 * dayMs;
/** Both are renewed by themselves long before: when it comes to this, something keeps them. */
const serverCertificateWarnDays = 7;
const authorityWarnDays = 90;
const authorityBadDays = 30;

/** Judges the parts of an installation by what was seen of them, in the order in which they are told. */
export function judgeReadiness(facts: ReadinessFacts, now: Date): readonly ReadinessItem[] {
  const { workers, failedJobs, tls, authorities } = facts;
  return [
    { id: "workers", workers, state: workers === 0 ? "bad" : "ok" },
    ...(tls === undefined ? [] : [judgeListeners(tls.probe, now)]),
    ...(tls === undefined
      ? []
      : [
          {
            id: "server-certificate" as const,
            endsAt: tls.certificateEndsAt,
            state: judgeEnd(tls.certificateEndsAt, {
              now,
              warn: serverCertificateWarnDays,
              bad: 0,
            }),
          },
        ]),
    ...(authorities === undefined ? [] : judgeAuthorities(authorities, now)),
    { id: "jobs", failed: failedJobs, state: failedJobs.length === 0 ? "ok" : "warn" },
  ];
}

function judgeListeners(
  probe: NonNullable<ReadinessFacts["tls"]>["probe"],
  now: Date,
): ReadinessItem {
  if (probe === null) {
    return { id: "listeners", state: "unknown", probedAt: null, cells: 0, wrong: 0, error: "" };
  }
  const { finishedAt, cells, wrong, error } = probe;
  const isStale = now.getTime() - Date.parse(finishedAt) > probeStaleMs;
  const state = wrong > 0 ? "bad" : error !== "" || isStale ? "warn" : "ok";
  return { id: "listeners", state, probedAt: finishedAt, cells, wrong, error };
}

function judgeAuthorities(
  { issuingEndsAt, lists }: NonNullable<ReadinessFacts["authorities"]>,
  now: Date,
): readonly ReadinessItem[] {
  const { current, late, expired } = lists;
  const count = current + late + expired;
  return [
    {
      id: "issuing-ca",
      endsAt: issuingEndsAt,
      state: judgeEnd(issuingEndsAt, { now, warn: authorityWarnDays, bad: authorityBadDays }),
    },
    {
      id: "revocation-lists",
      lists: count,
      late,
      expired,
      state: expired > 0 ? "bad" : late > 0 ? "warn" : count === 0 ? "unknown" : "ok",
    },
  ];
}

/** @param at.warn days before the end from which it is a warning; `bad`: a fault */
function judgeEnd(
  endsAt: string | null,
  at: { readonly now: Date; readonly warn: number; readonly bad: number },
): ReadinessState {
  if (endsAt === null) return "unknown";
  const days = (Date.parse(endsAt) - at.now.getTime()) / dayMs;
  if (days <= at.bad) return "bad";
  return days <= at.warn ? "warn" : "ok";
}
