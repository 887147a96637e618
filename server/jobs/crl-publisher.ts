import { findPendingIssuers } from "#server/db/find-pending-revocations.ts";
import { findPkiAuthorities, type PkiAuthority } from "#server/db/find-pki-authorities.ts";
import { holdListLock } from "#server/db/hold-list-lock.ts";
import { readListRequest } from "#server/db/read-list-request.ts";
import { readListStates, readNewestList, type ListState } from "#server/db/read-revocation-list.ts";
import { publishIfDue, type PublishParts } from "#server/jobs/crl-publish.ts";
import { writeListFiles, type ListOfCa } from "#server/pki/crl-files.ts";
import { crlIsDue } from "#server/pki/crl-schedule.ts";

/** How old the newest list of a CA is. */
export type ListAge = {
  readonly issuerSha256: string;
  readonly kind: "full" | "delta";
  readonly seconds: number;
};

export type PublisherOptions = PublishParts & {
  /** Told after every round. */
  readonly onAges: (ages: readonly ListAge[]) => void;
  /** Between what was revoked and the new list, in which more may be revoked. */
  readonly gatherMs?: number;
  readonly checkMs?: number;
};

export type CrlPublisher = {
  /** Something was revoked, held or released, or may have been. */
  wake(): void;
  /** Waits for the round in progress. */
  stop(): Promise<void>;
};

const gatherMs = 300;
const checkMs = 30_000;
const firstRetryMs = 2_000;
const longestRetryMs = 60_000;

/**
 * Keeps the lists of revoked certificates of all CAs that count: signs them anew when certificates
 * were revoked and when they are a third through their life, on one worker at a time, and keeps the
 * files of this machine. What fails is tried again, and the lists that there are go on being served.
 */
export function startCrlPublisher(options: PublisherOptions): CrlPublisher {
  const written = new Map<string, bigint>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isStopped = false;
  let isWoken = false;
  let isRetry = false;
  let retryMs = firstRetryMs;
  const { gatherMs: gather = gatherMs, checkMs: check = checkMs } = options;

  const schedule = (afterMs: number): void => {
    if (isStopped || running !== undefined) return;
    clearTimeout(timer);
    timer = setTimeout(run, afterMs);
  };
  const run = (): void => {
    const isWhole = isWoken || isRetry;
    isWoken = false;
    running = round(options, { isWhole, written }).then((isDone) => {
      running = undefined;
      isRetry = !isDone;
      retryMs = isDone ? firstRetryMs : Math.min(retryMs * 2, longestRetryMs);
      if (isWoken) schedule(gather);
      else schedule(isDone ? check : retryMs / 2);
    });
  };
  const wake = (): void => {
    if (isWoken) return;
    isWoken = true;
    schedule(gather);
  };
  wake();
  return {
    wake,
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** @returns whether all is as it should be; else it is to be tried again */
async function round(
  options: PublisherOptions,
  at: { readonly isWhole: boolean; readonly written: Map<string, bigint> },
): Promise<boolean> {
  try {
    const authorities = (await findPkiAuthorities(options.db)).filter((authority) =>
      hasLists(authority, options.now()),
    );
    const results = [];
    for (const authority of authorities) {
      results.push(await publishAlone(options, { authority, isWhole: at.isWhole }));
    }
    await keepFiles(options, authorities, at.written);
    return results.every((isDone) => isDone);
  } catch (error) {
    options.log.warn({ event: "crl.round_failed", err: error });
    return false;
  }
}

/** The root signs no devices; who has expired is trusted by nobody. */
function hasLists({ kind, state, notAfter }: PkiAuthority, now: Date): boolean {
  return kind === "issuing" && state !== "retired" && notAfter > now;
}

async function publishAlone(
  options: PublisherOptions,
  at: { readonly authority: PkiAuthority; readonly isWhole: boolean },
): Promise<boolean> {
  const { db, log } = options;
  const { authority } = at;
  const { sha256: issuerSha256 } = authority;
  try {
    const askedAt = await readListRequest(db);
    if (!at.isWhole && !(await mayBeDue(options, authority, askedAt))) return true;
    const held = await holdListLock(db, issuerSha256, async () => {
      const first = await publishIfDue(options, { authority, askedAt });
      // The very first list has nothing that a delta could add to: the second has.
      const isFirst = first?.cause === "missing";
      const second = isFirst ? await publishIfDue(options, { authority, askedAt }) : undefined;
      return [first, second];
    });
    for (const published of held ?? []) {
      if (published === undefined) continue;
      const { cause, number } = published;
      log.info({ event: "crl.published", issuerSha256, cause, number: String(number) });
    }
    // Another worker may have begun before the newest revocation: look again.
    return held !== undefined;
  } catch (error) {
    log.warn({ event: "crl.not_published", issuerSha256, err: error });
    return false;
  }
}

/** Without looking at the lists themselves, which are large where much was revoked. */
async function mayBeDue(
  { db, now }: PublisherOptions,
  authority: PkiAuthority,
  askedAt: Date | undefined,
): Promise<boolean> {
  const states = await readListStates(db, authority.sha256);
  if (crlIsDue({ ...states, askedAt, now: now() }) !== undefined) return true;
  return (await findPendingIssuers(db)).has(authority.subject);
}

/** Also on machines whose worker did not sign: each has the files of what is published. */
async function keepFiles(
  { db, dataDir, now, onAges, log }: PublisherOptions,
  authorities: readonly PkiAuthority[],
  written: Map<string, bigint>,
): Promise<void> {
  const lists: ListOfCa[] = [];
  const ages: ListAge[] = [];
  let isNew = false;
  for (const { sha256: issuerSha256 } of authorities) {
    const states = await readListStates(db, issuerSha256);
    ages.push(...agesOf(issuerSha256, states, now()));
    if (states.full?.number !== written.get(issuerSha256)) isNew = true;
  }
  onAges(ages);
  if (!isNew) return;
  for (const { sha256: issuerSha256, pem: issuerPem } of authorities) {
    const list = await readNewestList(db, { issuerSha256, kind: "full" });
    if (list === undefined) continue;
    lists.push({ issuerSha256, issuerPem, der: list.der });
    written.set(issuerSha256, list.number);
  }
  try {
    await writeListFiles(dataDir, lists);
  } catch (error) {
    // Written at the next round: what is served over HTTP does not come from these files.
    written.clear();
    log.warn({ event: "crl.files_not_written", err: error });
  }
}

function agesOf(
  issuerSha256: string,
  states: Readonly<Record<"full" | "delta", ListState | undefined>>,
  now: Date,
): readonly ListAge[] {
  return (["full", "delta"] as const).flatMap((kind) => {
    const list = states[kind];
    if (list === undefined) return [];
    const seconds = Math.max(0, (now.getTime() - list.createdAt.getTime()) / 1000);
    return [{ issuerSha256, kind, seconds }];
  });
}
