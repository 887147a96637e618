/** Whom a record belongs to: a device's key, a service client's id. */
type Owner = bigint | string;

/** Reads that are repeated when what they read changed meanwhile. */
export type Settled = {
  /** Something of the owner changed, or of anybody. */
  changed(owner?: Owner): void;
  /**
   * @param read what is asked of the database
   * @param ownersOf whose records were found; undefined when some were not, for then any change counts
   * @throws Error when it changed during ten attempts
   */
  run<T>(read: () => Promise<T>, ownersOf: (value: T) => readonly Owner[] | undefined): Promise<T>;
};

const attempts = 10;
/** Changes that are told apart; a read during which there were more is made again. */
const rememberedChanges = 1_000;

/**
 * A change of one device must not make the lookups of all others repeat: when a fleet is taken into
 * use, every first connection is a change.
 */
export function createSettled(): Settled {
  let generation = 0;
  const recent: (Owner | undefined)[] = [];
  const isTouched = (since: number, owners: readonly Owner[] | undefined): boolean => {
    const missed = generation - since;
    if (missed === 0) return false;
    if (owners === undefined || missed > recent.length) return true;
    const changes = recent.slice(-missed);
    return changes.some((owner) => owner === undefined || owners.includes(owner));
  };
  return {
    changed: (owner) => {
      generation += 1;
      recent.push(owner);
      if (recent.length > rememberedChanges) recent.shift();
    },
    run: async (read, ownersOf) => {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const before = generation;
        const value = await read();
        if (!isTouched(before, ownersOf(value))) return value;
      }
      throw new Error("The registry changes faster than it can be read; the client may try again.");
    },
  };
}
