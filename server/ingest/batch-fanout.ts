import type { Fanout, FanoutPlan, QueueTarget } from "#server/broker/fanout.ts";
import type { Publication } from "#server/broker/publication.ts";
import type { BatchStep } from "#server/db/writer-connection.ts";
import { publicationOf, tenantOf } from "#server/ingest/accepted.ts";
import type { Staged } from "#server/ingest/encode-rows.ts";
import type { AcceptedMessage, Settlement } from "#server/pipeline/message.ts";

/** What is handed to subscribers once the batch is committed. */
export type Outgoing = {
  readonly plan: FanoutPlan;
  /** @see Fanout.deliver */
  readonly seqs: readonly (bigint | undefined)[] | "unknown";
};

/** What a batch means for subscribers, decided and not yet written. */
export type BatchFanout = {
  /** Undefined when nobody subscribes in the tenants of the batch. */
  readonly plan: FanoutPlan | undefined;
  /** Message that a publication of the plan came in. */
  readonly messageOf: readonly number[];
  readonly retained: readonly Retained[];
  /** Messages of service clients, which are told whether anybody subscribes. */
  readonly relayed: readonly number[];
};

/** The last retained publication of a topic, and all messages of the batch that it stands for. */
type Retained = {
  readonly publication: Publication;
  readonly publisher: string;
  readonly messages: readonly number[];
};

/**
 * Decides who gets what of the messages that will be stored.
 * @returns undefined when the batch has nothing to pass on or to retain, which is the usual case
 */
export function planFanout(
  messages: readonly Staged[],
  settlements: readonly Settlement[],
  fanout: Fanout | undefined,
): BatchFanout | undefined {
  const passing = new Passing(fanout);
  for (const [index, { message }] of messages.entries()) {
    if (settlements[index]?.outcome === "stored") passing.add(message, index);
  }
  return passing.decide();
}

class Passing {
  readonly #fanout: Fanout | undefined;
  readonly #publications: Publication[] = [];
  readonly #messageOf: number[] = [];
  readonly #relayed: number[] = [];
  readonly #retained = new Map<string, Retained>();
  #tenantId = "";
  #isHeard = false;

  constructor(fanout: Fanout | undefined) {
    this.#fanout = fanout;
  }

  add(message: AcceptedMessage, index: number): void {
    const tenantId = tenantOf(message);
    if (tenantId !== this.#tenantId) {
      // Messages come in runs of one tenant; it is asked for once a run.
      this.#tenantId = tenantId;
      this.#isHeard = this.#fanout?.hasSubscribers(tenantId) === true;
    }
    const isRelayed = message.device === undefined;
    if (isRelayed) this.#relayed.push(index);
    const isRetained = isRelayed ? message.publication.retain : message.retain;
    if (!this.#isHeard && !isRetained) return;
    const publication = publicationOf(message);
    if (isRetained) this.#retain(publication, publisherOf(message), index);
    if (!this.#isHeard) return;
    this.#publications.push(publication);
    this.#messageOf.push(index);
  }

  decide(): BatchFanout | undefined {
    const publications = this.#publications;
    const plan = publications.length === 0 ? undefined : this.#fanout?.plan(publications);
    const retained = [...this.#retained.values()];
    const relayed = this.#relayed;
    if (plan === undefined && retained.length === 0 && relayed.length === 0) return undefined;
    return { plan, messageOf: this.#messageOf, retained, relayed };
  }

  /** Of several retained publications of a topic the last one stays [MQTT-3.3.1-5]. */
  #retain(publication: Publication, publisher: string, index: number): void {
    const key = `${publication.tenantId} ${publication.topic}`;
    const messages = this.#retained.get(key)?.messages ?? [];
    this.#retained.set(key, { publication, publisher, messages: [...messages, index] });
  }
}

/** Whose retained messages are counted together, as `mqtt_retain` takes it. */
function publisherOf(message: AcceptedMessage): string {
  return message.device === undefined ? `s:${message.client.id}` : `d:${message.device.deviceKey}`;
}

/**
 * What the queues take in one statement: above either a batch of several messages is halved, and a
 * message goes to its queues in several statements, each well within the statement timeout.
 */
const mostTargets = 20_000;
const mostTargetBytes = 64 * 1024 * 1024;

/** Whether so many sessions queue so much of a batch that its transaction would take too long. */
export function isTooWide(fanout: BatchFanout | undefined): boolean {
  const plan = fanout?.plan;
  if (plan === undefined) return false;
  let bytes = 0;
  for (const { publication } of plan.queued) {
    bytes += plan.publications[publication]?.payload.length ?? 0;
  }
  return plan.queued.length > mostTargets || bytes > mostTargetBytes;
}

/** The statements that keep a batch's publications for sessions and as retained messages. */
export function fanoutSteps(
  { plan, retained }: BatchFanout,
  workerId: string,
): readonly BatchStep[] {
  const steps: BatchStep[] = [];
  if (plan !== undefined) {
    for (const queued of portionsOf(plan)) steps.push(enqueue(plan, queued, workerId));
  }
  if (retained.length > 0) {
    const rows = retained.map(({ publication, publisher }) => ({
      ...keptForm(publication),
      qos: publication.qos,
      publisher,
    }));
    steps.push({ statement: "retain", parameters: [JSON.stringify(rows)] });
  }
  return steps;
}

/** The queued targets in their order, as many at a time as one statement takes. */
function portionsOf({ publications, queued }: FanoutPlan): readonly (readonly QueueTarget[])[] {
  const portions: QueueTarget[][] = [];
  let portion: QueueTarget[] = [];
  let bytes = 0;
  for (const target of queued) {
    const size = publications[target.publication]?.payload.length ?? 0;
    const isFull = portion.length >= mostTargets || bytes + size > mostTargetBytes;
    if (portion.length === 0 || isFull) {
      portion = [];
      portions.push(portion);
      bytes = 0;
    }
    portion.push(target);
    bytes += size;
  }
  return portions;
}

/** A publication as the functions of the database take it; times are epoch milliseconds. */
function keptForm({ tenantId, topic, payload, forwarded, receivedAt, expiresAt }: Publication) {
  return {
    tenant: tenantId,
    topic,
    payload: payload.toString("base64"),
    forwarded: forwarded.toString("base64"),
    received_at: receivedAt,
    expires_at: expiresAt ?? null,
  };
}

/** Only the publications that somebody's queue takes are sent, each once. */
function enqueue(
  { publications }: FanoutPlan,
  queued: readonly QueueTarget[],
  workerId: string,
): BatchStep {
  const places = new Map<number, number>();
  const sent: ReturnType<typeof keptForm>[] = [];
  const targets = queued.map(({ sessionId, publication: index, qos, retain, identifiers }) => {
    let publication = places.get(index);
    if (publication === undefined) {
      const source = publications[index];
      if (source === undefined) throw new Error("A target of the plan has no publication.");
      publication = sent.push(keptForm(source)) - 1;
      places.set(index, publication);
    }
    return { session: sessionId.toString(), publication, qos, retain, identifiers };
  });
  return {
    statement: "enqueue",
    parameters: [workerId, JSON.stringify(sent), JSON.stringify(targets)],
  };
}

/**
 * Adds what only the transaction could tell: whether a relayed message has subscribers, and which
 * publications were not retained.
 * @param refused ordinals of {@link BatchFanout.retained}, as `retain` returns them
 */
export function settleFanout(
  settlements: readonly Settlement[],
  fanout: BatchFanout,
  refused: readonly string[],
): readonly Settlement[] {
  if (fanout.relayed.length === 0 && refused.length === 0) return settlements;
  const settled = [...settlements];
  const matched = matchedMessages(fanout);
  for (const index of fanout.relayed) {
    settled[index] = { outcome: "stored", matched: matched.has(index) };
  }
  const notRetained = refused.flatMap((text) => fanout.retained[Number(text)]?.messages ?? []);
  for (const index of notRetained) {
    const settlement = settled[index];
    if (settlement?.outcome === "stored") settled[index] = { ...settlement, notRetained: true };
  }
  return settled;
}

function matchedMessages({ plan, messageOf }: BatchFanout): ReadonlySet<number | undefined> {
  if (plan === undefined) return new Set();
  return new Set([...plan.queued, ...plan.direct].map((target) => messageOf[target.publication]));
}

/**
 * What goes out after the commit.
 * @param places as `enqueue` returns them; undefined when the answer was lost
 */
export function outgoingOf(
  { plan }: BatchFanout,
  places: readonly string[] | undefined,
): Outgoing | undefined {
  if (plan === undefined || plan.queued.length + plan.direct.length === 0) return undefined;
  if (places === undefined) return { plan, seqs: "unknown" };
  return { plan, seqs: places.map((seq) => (seq === "" ? undefined : BigInt(seq))) };
}
