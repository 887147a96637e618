import type { Qos } from "#server/broker/publication.ts";
import type { RoutedSession, Subscription } from "#server/broker/subscription.ts";

/** A member of a shared subscription, as the group sees it. */
export type Member = {
  readonly record: { readonly session: RoutedSession };
  readonly subscription: Subscription;
};

type Standing = "here" | "elsewhere" | "away";

const standings: readonly Standing[] = ["here", "elsewhere", "away"];

/**
 * The sessions with the same `$share/{group}/{filter}`: each message goes to one of them
 * [MQTT-4.8.2-3 to 4.8.2-5 bind what then happens to it]. They take turns; those connected here
 * come first, because another worker would have to be told by way of the database.
 */
export class ShareGroup<M extends Member> {
  readonly #members: Readonly<Record<Standing, M[]>> = { here: [], elsewhere: [], away: [] };
  readonly #workerId: string;
  #turn = 0;

  /** @param workerId the worker that "here" means */
  constructor(workerId: string) {
    this.#workerId = workerId;
  }

  get size(): number {
    return standings.reduce((sum, standing) => sum + this.#members[standing].length, 0);
  }

  add(member: M): void {
    this.#members[this.#standingOf(member)].push(member);
  }

  /** Takes a member out, whose session must still be what it was when it was added. */
  remove(member: M): void {
    const members = this.#members[this.#standingOf(member)];
    const at = members.indexOf(member);
    if (at !== -1) members.splice(at, 1);
  }

  /**
   * Whose turn it is. Who is away gets only what is kept for it.
   * @param qos of the publication
   */
  choose(qos: Qos): M | undefined {
    const { here, elsewhere, away } = this.#members;
    this.#turn += 1;
    const connected = here.length > 0 ? here : elsewhere;
    if (connected.length > 0) return connected[this.#turn % connected.length];
    for (let step = 0; step < away.length; step += 1) {
      const member = away[(this.#turn + step) % away.length];
      if (member !== undefined && isKeptFor(member, qos)) return member;
    }
    return undefined;
  }

  #standingOf({ record }: M): Standing {
    const { workerId } = record.session;
    if (workerId === undefined) return "away";
    return workerId === this.#workerId ? "here" : "elsewhere";
  }
}

function isKeptFor({ record, subscription }: Member, qos: Qos): boolean {
  return record.session.keepsMessages && Math.min(subscription.qos, qos) > 0;
}
