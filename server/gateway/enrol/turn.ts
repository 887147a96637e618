/** What is left to one connection that enrols: it is there for one device, and not for long. */
export type EnrolmentTurn = {
  readonly endsAt: number;
  /** Publications that it may still make. */
  left: number;
  /** Parameters of its last request. */
  before: Readonly<Record<string, string>>;
};

/** Enough for two steps, retries and asking again while somebody approves. */
export const mostRequests = 20;
const longestTurnMs = 300_000;

/** @param now epoch milliseconds */
export function newTurn(now: number): EnrolmentTurn {
  return { endsAt: now + longestTurnMs, left: mostRequests, before: {} };
}
