/** balance: received against outcomes; dead_letters: the ledger against the letters that are kept. */
export const differenceKinds = ["balance", "dead_letters"] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

/** A minute of a tenant whose messages do not add up. */
export type Difference = {
  readonly tenantId: string;
  /** Epoch milliseconds, a full minute. */
  readonly minute: number;
  readonly kind: DifferenceKind;
  readonly difference: bigint;
};

export type BalanceVerdict = {
  /** Not known before, or known with another amount: to be said aloud. */
  readonly appeared: readonly Difference[];
  /** Known, and still so. */
  readonly lasting: readonly Difference[];
  /** Known, looked at again, and in balance. */
  readonly resolved: readonly Difference[];
  /** Tenants that were in balance until now. */
  readonly alarmed: readonly string[];
  /** Tenants in which nothing is left open. */
  readonly calmed: readonly string[];
};

/** Tells minutes, tenants and kinds apart. */
function keyOf({ tenantId, minute, kind }: Difference): string {
  return `${tenantId} ${minute} ${kind}`;
}

function tenantsOf(differences: readonly Difference[]): ReadonlySet<string> {
  return new Set(differences.map(({ tenantId }) => tenantId));
}

/**
 * Compares what was found now with what was open.
 * @param open differences that were not resolved, of all times
 * @param found differences of the minutes that were looked at
 * @param looked whether a minute was looked at for a kind: only then its absence says something
 */
export function judgeBalance(at: {
  readonly open: readonly Difference[];
  readonly found: readonly Difference[];
  readonly looked: (difference: Difference) => boolean;
}): BalanceVerdict {
  const open = new Map(at.open.map((each) => [keyOf(each), each]));
  const found = new Set(at.found.map(keyOf));
  const isSame = (each: Difference): boolean =>
    open.get(keyOf(each))?.difference === each.difference;
  const resolved = at.open.filter((each) => !found.has(keyOf(each)) && at.looked(each));
  const gone = new Set(resolved.map(keyOf));
  const before = tenantsOf(at.open);
  const after = tenantsOf([...at.found, ...at.open.filter((each) => !gone.has(keyOf(each)))]);
  return {
    appeared: at.found.filter((each) => !isSame(each)),
    lasting: at.found.filter(isSame),
    resolved,
    alarmed: [...after].filter((tenantId) => !before.has(tenantId)),
    calmed: [...before].filter((tenantId) => !after.has(tenantId)),
  };
}
