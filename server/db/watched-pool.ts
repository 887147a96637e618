import pg from "pg";

/**
 * A link to the database may vanish without a word: a host that failed over, a cable, a firewall
 * that forgot. TCP tells after minutes, and a slow statement looks the same from here. So whoever
 * waits for an answer longer than {@link patienceMs} is looked after: another connection asks what
 * the server process does.
 * - It works: the statement is slow, the wait goes on.
 * - It waits for us, or there is none, and nothing arrives, twice in a row: the link is dead. The
 *   socket is broken, so that the wait ends with an error and whoever waits tries again elsewhere.
 * - Nobody can be asked: the database is away. It is asked again.
 */

/** How long an answer may take before anybody asks. */
const patienceMs = 1_500;
const everyMs = 1_000;
const askTimeoutMs = 1_500;
const greetingTimeoutMs = 5_000;
/** Between our sending and the server's beginning there is a moment in which it seems to wait for us. */
const sightingsOfDeath = 2;

/** What pg's client has beyond its published types. */
type Client = pg.PoolClient & {
  /** What is waited for. */
  readonly _activeQuery: object | null;
  readonly connection: {
    readonly stream: { readonly bytesRead: number; destroy(error: Error): void };
  };
};

/** A server process. Its id alone may be another's by now. */
type Backend = { readonly pid: number; readonly startedAt: string };

/** What is known of one connection. */
type Link = {
  readonly client: Client;
  readonly backend: Backend | undefined;
  isInUse: boolean;
  /** For which answer, since when, and how much had been read. */
  waiting:
    | { readonly query: object; readonly since: number; readonly bytesRead: number }
    | undefined;
  sightings: number;
};

type Activity = Backend & { readonly isIdle: boolean };

/**
 * Opens a pool whose links are watched. Nothing connects before the first query.
 * @returns the pool, and a function that ends the watch
 */
export function openWatchedPool(options: pg.PoolConfig): {
  readonly pool: pg.Pool;
  readonly unwatch: () => void;
} {
  const links = new Map<pg.PoolClient, Link>();
  const onConnect = (client: pg.ClientBase): Promise<void> => greet(links, client as Client);
  // The pool waits for what the hook returns, which its published type does not say.
  const hook = onConnect as (client: pg.ClientBase) => unknown as () => void;
  const pool = new pg.Pool({ ...options, onConnect: hook });
  const watch = new Watch(pool, links);
  return { pool, unwatch: () => watch.stop() };
}

/** @throws when the server does not tell its process; the pool gives the connection up then */
async function greet(links: Map<pg.PoolClient, Link>, client: Client): Promise<void> {
  // Whoever waits for an answer is told by it; without a listener the process would end.
  client.on("error", () => undefined);
  const timer = setTimeout(() => cut(client, "The database did not answer."), greetingTimeoutMs);
  try {
    // Asked, not taken from the greeting: a pooler in between makes up process ids of its own.
    const { rows } = await client.query<Backend>(
      `SELECT pid, backend_start::text AS "startedAt" FROM pg_stat_activity WHERE pid = pg_backend_pid()`,
    );
    const unused = { isInUse: false, waiting: undefined, sightings: 0 };
    links.set(client, { client, backend: rows[0], ...unused });
  } finally {
    clearTimeout(timer);
  }
}

class Watch {
  readonly #pool: pg.Pool;
  readonly #links: Map<pg.PoolClient, Link>;
  readonly #timer: NodeJS.Timeout;
  #asker: pg.Client | undefined;
  #isLooking = false;

  constructor(pool: pg.Pool, links: Map<pg.PoolClient, Link>) {
    this.#pool = pool;
    this.#links = links;
    pool.on("acquire", (client) => this.#use(client, true));
    pool.on("release", (_error, client) => this.#use(client, false));
    pool.on("remove", (client) => this.#links.delete(client));
    this.#timer = setInterval(() => void this.#tick(), everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#dismiss();
  }

  #use(client: pg.PoolClient, isInUse: boolean): void {
    const link = this.#links.get(client);
    if (link === undefined) return;
    link.isInUse = isInUse;
    link.waiting = undefined;
    link.sightings = 0;
  }

  /** A look may take longer than the time to the next. */
  async #tick(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.#look();
    } finally {
      this.#isLooking = false;
    }
  }

  async #look(): Promise<void> {
    const now = performance.now();
    const late = [...this.#links.values()].filter((link) => isLate(link, now));
    if (late.length === 0) return this.#dismiss();
    const seen = late.map(({ waiting }) => waiting);
    const activities = await this.#ask(late);
    if (activities === undefined) return;
    for (const [index, link] of late.entries()) {
      // Another answer than the one that was asked about.
      if (!isStill(link, seen[index])) continue;
      link.sightings = isDead(link, activities) ? link.sightings + 1 : 0;
      if (link.sightings >= sightingsOfDeath) this.#cut(link);
    }
  }

  /** @returns undefined when nobody can be asked */
  async #ask(links: readonly Link[]): Promise<readonly Activity[] | undefined> {
    const pids = links.flatMap(({ backend }) => backend?.pid ?? []);
    try {
      const asker = await this.#connectAsker();
      const { rows } = await asker.query<Activity>(
        `SELECT pid, backend_start::text AS "startedAt",
           coalesce(state IN ('idle', 'idle in transaction', 'idle in transaction (aborted)'), false) AS "isIdle"
         FROM pg_stat_activity WHERE pid = ANY ($1::integer[])`,
        [pids],
      );
      return rows;
    } catch {
      this.#dismiss();
      return undefined;
    }
  }

  async #connectAsker(): Promise<pg.Client> {
    if (this.#asker !== undefined) return this.#asker;
    const asker = new pg.Client({
      ...this.#pool.options,
      connectionTimeoutMillis: askTimeoutMs,
      query_timeout: askTimeoutMs,
    });
    // A query in flight is told itself.
    asker.on("error", () => undefined);
    this.#asker = asker;
    await asker.connect();
    return asker;
  }

  /** Ends the connection that asked; breaks it, for it may be as dead as what it asked about. */
  #dismiss(): void {
    const asker = this.#asker;
    this.#asker = undefined;
    if (asker !== undefined) cut(asker, "No longer needed.");
  }

  /** What lies idle in the pool went the same way as the dead link, and is opened anew when needed. */
  #cut(dead: Link): void {
    for (const link of this.#links.values()) {
      if (!link.isInUse) cut(link.client, "Its link may be dead.");
    }
    cut(
      dead.client,
      "The link to the database is dead: the server knows nothing of what we wait for.",
    );
  }
}

function cut(client: pg.ClientBase, reason: string): void {
  (client as Client).connection.stream.destroy(new Error(reason));
}

/** Whether the same answer is waited for longer than patience lasts, and nothing of it arrives. */
function isLate(link: Link, now: number): boolean {
  const { client, waiting } = link;
  const query = link.isInUse ? client._activeQuery : null;
  const { bytesRead } = client.connection.stream;
  if (query === null) {
    link.waiting = undefined;
    return false;
  }
  if (waiting?.query !== query || waiting.bytesRead !== bytesRead) {
    link.waiting = { query, since: now, bytesRead };
    link.sightings = 0;
    return false;
  }
  return now - waiting.since >= patienceMs;
}

function isStill({ client, waiting }: Link, seen: Link["waiting"]): boolean {
  return (
    waiting !== undefined &&
    waiting === seen &&
    client._activeQuery === waiting.query &&
    client.connection.stream.bytesRead === waiting.bytesRead
  );
}

function isDead({ backend }: Link, activities: readonly Activity[]): boolean {
  const found = activities.find(
    ({ pid, startedAt }) => pid === backend?.pid && startedAt === backend.startedAt,
  );
  return found === undefined || found.isIdle;
}
