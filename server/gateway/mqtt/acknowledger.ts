import type { Connection } from "#server/gateway/mqtt/connection.ts";

/** Writes acknowledgements once per burst of settlements instead of once per message. */
export type Acknowledger = {
  /** The connection has acknowledgements to write when the burst is over. */
  add(connection: Pick<Connection, "flushAcknowledgements">): void;
};

/**
 * The pipeline settles a committed batch in one go; the writes follow in the same turn of the event
 * loop, one for each connection.
 */
export function createAcknowledger(): Acknowledger {
  let waiting: Pick<Connection, "flushAcknowledgements">[] = [];
  const flush = () => {
    const burst = waiting;
    waiting = [];
    for (const connection of burst) connection.flushAcknowledgements();
  };
  return {
    add: (connection) => {
      if (waiting.push(connection) === 1) process.nextTick(flush);
    },
  };
}
