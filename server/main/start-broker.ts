import type { Logger } from "pino";
import {
  createPostgresSessionStore,
  type PostgresSessionStore,
} from "#server/broker/postgres-session-store.ts";
import { createRoutes, type Routes, type RoutesOptions } from "#server/broker/routes.ts";
import type { Database } from "#server/db/client.ts";
import { createSessions, type Sessions } from "#server/gateway/mqtt/sessions.ts";
import { createStoreEvents } from "#server/gateway/mqtt/store-events.ts";

/** Sessions, where they are kept, and the way of publications to them. */
export type Broker = {
  readonly sessions: Sessions;
  readonly store: PostgresSessionStore;
  readonly routes: Routes;
};

/**
 * Reads all sessions that are routed to. The worker's heartbeat must have begun.
 * @throws what the database throws
 */
export async function startBroker(input: {
  readonly db: Database;
  readonly workerId: string;
  readonly log: Logger;
  /** @see RoutesOptions.queueFull */
  readonly queueFull: NonNullable<RoutesOptions["queueFull"]>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}): Promise<Broker> {
  const { workerId, log, queueFull } = input;
  const sessions = createSessions();
  // Routes and store tell each other: what changed, and what other workers changed.
  const routes: Routes = createRoutes({
    workerId,
    log,
    queueFull,
    local: sessions,
    sync: {
      get foreignVersion() {
        return store.foreignVersion;
      },
      catchUp: () => store.catchUp(),
    },
  });
  const store: PostgresSessionStore = createPostgresSessionStore({
    ...input,
    events: createStoreEvents(sessions),
    onRoutes: (changes) => routes.apply(changes),
  });
  await store.start();
  return { sessions, store, routes };
}
