import { FilterTrie } from "#server/broker/filter-trie.ts";
import type { Publication, Qos, SessionKey } from "#server/broker/publication.ts";
import { ShareGroup } from "#server/broker/share-group.ts";
import type { Match, RoutedSession, Subscription } from "#server/broker/subscription.ts";
import { parseShared } from "#server/broker/topic-filter.ts";

/** Everyone's subscriptions, by tenant: topics of different tenants never meet. */
export type RouteTree = {
  /** Sets the subscriptions of a session, all of them, and where it is connected. */
  put(session: RoutedSession, subscriptions: readonly Subscription[]): void;
  remove(tenantId: string, key: SessionKey): void;
  /**
   * The sessions that a publication goes to. A session is there once, with what its subscriptions
   * together ask for [MQTT-3.3.4-2], and once more for each shared subscription whose turn is its.
   */
  match(publication: Publishing): readonly Match[];
  /** Whether anyone of the tenant subscribes to anything. */
  hasSubscribers(tenantId: string): boolean;
  size(): { readonly sessions: number; readonly subscriptions: number };
};

/** Of a publication, what decides where it goes. */
export type Publishing = Pick<Publication, "tenantId" | "topic" | "qos" | "publisher">;

/** One subscription in its place. */
type Entry = {
  readonly record: SessionRecord;
  readonly subscription: Subscription;
  readonly leaf: Leaf;
  /** Undefined when the subscription is not shared. */
  readonly group: string | undefined;
  /** Index in `leaf.entries`, so that leaving a filter with many subscribers costs no search. */
  place: number;
  /** The same for every publication, until the session changes. */
  match: Match | undefined;
};

/** What is subscribed under one filter. */
type Leaf = {
  readonly filter: string;
  entries: Entry[];
  groups: Map<string, ShareGroup<Entry>> | undefined;
};

type SessionRecord = {
  session: RoutedSession;
  entries: readonly Entry[];
  /** The match in which this session was found last, and where: merges without a Map per message. */
  seenIn: number;
  seenAt: number;
};

type Tenant = {
  readonly trie: FilterTrie<Leaf>;
  readonly records: Map<SessionKey, SessionRecord>;
  subscriptions: number;
};

const nothing: readonly Match[] = [];

/** @param workerId of this worker: its connections take precedence in shared subscriptions */
export function createRouteTree(workerId: string): RouteTree {
  const tenants = new Map<string, Tenant>();
  let round = 0;
  return {
    put: (session, subscriptions) => {
      const tenant = tenants.get(session.tenantId) ?? emptyTenant();
      tenants.set(session.tenantId, tenant);
      putSession(tenant, session, subscriptions, workerId);
    },
    remove: (tenantId, key) => {
      const tenant = tenants.get(tenantId);
      const record = tenant?.records.get(key);
      if (tenant === undefined || record === undefined) return;
      for (const entry of record.entries) leave(tenant, entry);
      tenant.records.delete(key);
      if (tenant.records.size === 0) tenants.delete(tenantId);
    },
    match: (publication) => {
      const leaves = tenants.get(publication.tenantId)?.trie.select(publication.topic);
      if (leaves === undefined || leaves.length === 0) return nothing;
      round += 1;
      return matchesOf(leaves, publication, round);
    },
    hasSubscribers: (tenantId) => (tenants.get(tenantId)?.subscriptions ?? 0) > 0,
    size: () => {
      const all = [...tenants.values()];
      return {
        sessions: all.reduce((sum, { records }) => sum + records.size, 0),
        subscriptions: all.reduce((sum, { subscriptions }) => sum + subscriptions, 0),
      };
    },
  };
}

function emptyTenant(): Tenant {
  return { trie: new FilterTrie<Leaf>(), records: new Map(), subscriptions: 0 };
}

function putSession(
  tenant: Tenant,
  session: RoutedSession,
  subscriptions: readonly Subscription[],
  workerId: string,
): void {
  const record = tenant.records.get(session.key) ?? {
    session,
    entries: [],
    seenIn: 0,
    seenAt: 0,
  };
  tenant.records.set(session.key, record);
  moveTo(record, session);

  const wanted = new Map(subscriptions.map((subscription) => [subscription.filter, subscription]));
  const kept: Entry[] = [];
  for (const entry of record.entries) {
    const { subscription } = entry;
    const again = wanted.get(subscription.filter);
    if (again !== undefined && isSame(subscription, again)) {
      kept.push(entry);
      wanted.delete(subscription.filter);
    } else leave(tenant, entry);
  }
  const added = [...wanted.values()].map((subscription) =>
    join(tenant, record, subscription, workerId),
  );
  record.entries = [...kept, ...added];
}

/** The session came, left, or went to another worker. */
function moveTo(record: SessionRecord, session: RoutedSession): void {
  const shared = record.entries.filter(({ group }) => group !== undefined);
  for (const entry of shared) groupOf(entry)?.remove(entry);
  record.session = session;
  for (const entry of shared) groupOf(entry)?.add(entry);
  for (const entry of record.entries) entry.match = undefined;
}

function isSame(one: Subscription, other: Subscription): boolean {
  return (
    one.qos === other.qos &&
    one.noLocal === other.noLocal &&
    one.retainAsPublished === other.retainAsPublished &&
    one.retainHandling === other.retainHandling &&
    one.identifier === other.identifier
  );
}

function groupOf({ leaf, group }: Entry): ShareGroup<Entry> | undefined {
  return group === undefined ? undefined : leaf.groups?.get(group);
}

function join(
  tenant: Tenant,
  record: SessionRecord,
  subscription: Subscription,
  workerId: string,
): Entry {
  const shared = parseShared(subscription.filter);
  const filter = shared?.filter ?? subscription.filter;
  const known = tenant.trie.get(filter);
  const leaf = known ?? { filter, entries: [], groups: undefined };
  if (known === undefined) tenant.trie.add(filter, leaf);
  const entry: Entry = {
    record,
    subscription,
    leaf,
    group: shared?.group,
    place: leaf.entries.length,
    match: undefined,
  };
  tenant.subscriptions += 1;
  if (shared === undefined) {
    // Not by push(), which would reserve room for 17 where mostly one is.
    if (leaf.entries.length === 0) leaf.entries = [entry];
    else leaf.entries.push(entry);
    return entry;
  }
  leaf.groups ??= new Map();
  const group = leaf.groups.get(shared.group) ?? new ShareGroup<Entry>(workerId);
  leaf.groups.set(shared.group, group);
  group.add(entry);
  return entry;
}

/** Takes a subscription out of its leaf, and the leaf out of the tree when it was the last. */
function leave(tenant: Tenant, entry: Entry): void {
  const { leaf, group, place } = entry;
  tenant.subscriptions -= 1;
  if (group === undefined) {
    const last = leaf.entries.pop();
    if (last !== undefined && last !== entry) {
      leaf.entries[place] = last;
      last.place = place;
    }
  } else {
    const members = groupOf(entry);
    members?.remove(entry);
    if (members?.size === 0) leaf.groups?.delete(group);
  }
  if (leaf.entries.length === 0 && (leaf.groups?.size ?? 0) === 0) tenant.trie.delete(leaf.filter);
}

/** @param round another number for each publication */
function matchesOf(leaves: readonly Leaf[], publication: Publishing, round: number): Match[] {
  const matches: Match[] = [];
  for (const { entries, groups } of leaves) {
    for (const entry of entries) {
      const { record, subscription } = entry;
      // [MQTT-3.8.3-3]
      if (subscription.noLocal && record.session.key === publication.publisher) continue;
      if (record.seenIn === round) {
        matches[record.seenAt] = merged(matchOf(entry), matches[record.seenAt]);
      } else {
        record.seenIn = round;
        record.seenAt = matches.push(matchOf(entry)) - 1;
      }
    }
    if (groups !== undefined) takeTurns(groups, publication.qos, matches);
  }
  return matches;
}

function takeTurns(
  groups: ReadonlyMap<string, ShareGroup<Entry>>,
  qos: Qos,
  matches: Match[],
): void {
  for (const group of groups.values()) {
    const entry = group.choose(qos);
    if (entry !== undefined) matches.push(matchOf(entry));
  }
}

function matchOf(entry: Entry): Match {
  const { qos, retainAsPublished, identifier } = entry.subscription;
  entry.match ??= {
    session: entry.record.session,
    qos,
    retainAsPublished,
    identifiers: identifier === undefined ? [] : [identifier],
  };
  return entry.match;
}

/** [MQTT-3.3.4-2] to [MQTT-3.3.4-5]: the largest QoS, and every identifier. */
function merged(one: Match, other: Match = one): Match {
  return {
    session: one.session,
    qos: one.qos > other.qos ? one.qos : other.qos,
    retainAsPublished: one.retainAsPublished || other.retainAsPublished,
    identifiers: [...other.identifiers, ...one.identifiers],
  };
}
