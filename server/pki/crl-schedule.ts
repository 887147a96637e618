const hourMs = 3_600_000;

/** For how long a list may be used: brokers refuse every client after it. */
const crlLifeMs = 7 * 24 * hourMs;
/** A list is signed anew after a third of its life, so that two of three may fail. */
export const crlRenewMs = crlLifeMs / 3;
/**
 * A list, or an answer, says that it is from so long ago: should this machine's clock be two hours
 * fast, others take what it signs all the same.
 */
export const backdateMs = 3 * hourMs;
/** Addresses under which certificates were issued and that a list goes on naming. */
const rememberedUrls = 8;

/** A list as it is kept. */
export type KeptList = {
  /** When it was made, by this installation's clock. */
  readonly createdAt: Date;
  readonly nextUpdate: Date;
};

/** Why a new list is made. */
export type CrlCause = "missing" | "age" | "clock" | "asked" | "change";

/**
 * Whether a list must be made although nothing changed.
 * @param input.askedAt when somebody last asked for a new list
 */
export function crlIsDue(input: {
  readonly full: KeptList | undefined;
  readonly delta: KeptList | undefined;
  readonly askedAt: Date | undefined;
  readonly now: Date;
}): CrlCause | undefined {
  const { full, delta, askedAt, now } = input;
  if (full === undefined || delta === undefined) return "missing";
  const age = now.getTime() - full.createdAt.getTime();
  // It was made by a clock that was fast: who has the right time would not use it.
  if (age < -backdateMs / 3) return "clock";
  if (age >= crlRenewMs || full.nextUpdate.getTime() - now.getTime() < crlRenewMs) return "age";
  if (askedAt !== undefined && askedAt > full.createdAt && askedAt <= now) return "asked";
  return undefined;
}

/** When a list says it was made, and until when it may be used. */
export function crlDates(now: Date): { readonly thisUpdate: Date; readonly nextUpdate: Date } {
  return {
    thisUpdate: new Date(now.getTime() - backdateMs),
    nextUpdate: new Date(now.getTime() + crlLifeMs),
  };
}

/**
 * The addresses that a list names: the present one, and those of before, because certificates that
 * carry them are still in use and a list counts for a certificate only when both name one address
 * (RFC 5280 §6.3.3).
 */
export function crlUrls(present: string, before: readonly string[]): readonly string[] {
  return [...new Set([present, ...before])].slice(0, rememberedUrls);
}

/** How a list does: fine, not signed anew when it should have been, or of no use any more. */
export type CrlHealth = "current" | "late" | "expired";

/** Time to sign a list anew before its age is worth a word. */
const graceMs = hourMs;

export function crlHealth(list: KeptList, now: Date): CrlHealth {
  if (list.nextUpdate <= now) return "expired";
  return now.getTime() - list.createdAt.getTime() > crlRenewMs + graceMs ? "late" : "current";
}
