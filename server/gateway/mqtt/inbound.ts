/**
 * Publications of one client on their way in, from PUBLISH to PUBACK or PUBCOMP.
 *
 * A QoS 2 packet identifier is `pending` until its publication is settled, then `received` until
 * PUBREL comes, and `releasing` until the store has forgotten it; whatever is published under it meanwhile is a duplicate [MQTT-4.3.3-10].
 * `restored` ones were received on an earlier connection; they do not count for the window, which
 * begins anew with each connection (§4.9).
 */
import type { JudgedTopic } from "#server/gateway/mqtt/session.ts";

export type InboundId = "pending" | "received" | "restored" | "releasing";

/** An answer that may not be sent before those of earlier publications [MQTT-4.6.0-2]. */
type LateAnswer = { readonly after: number; readonly packet: Buffer };

export class Inbound {
  /** Publications with a packet identifier handed to the pipeline, and those whose fate is known. */
  accepted = 0;
  settled = 0;
  /** PUBACKs and PUBRECs without a reason, to go with the next write: type, length and identifier. */
  readonly acknowledgements: number[] = [];
  readonly late: LateAnswer[] = [];
  /** Settlements that wait until an identifier before them was given back; undefined mostly. */
  deferred: (() => void)[] | undefined;
  /** Publications that wait for PUBACK or PUBCOMP, [MQTT-3.3.4-7]. */
  open = 0;
  // Made with the first use: few clients need either, and all would pay.
  #ids: Map<number, InboundId> | undefined;
  #aliases: Map<number, JudgedTopic> | undefined;

  constructor(restored: readonly number[]) {
    for (const id of restored) this.ids.set(id, "restored");
  }

  /** QoS 2 only. */
  get ids(): Map<number, InboundId> {
    return (this.#ids ??= new Map());
  }

  /** Topics by alias: the client's, for this connection alone [MQTT-3.3.2-7]. */
  get aliases(): Map<number, JudgedTopic> {
    return (this.#aliases ??= new Map());
  }

  /** Judges every topic that has an alias anew. */
  rejudge(judge: (topic: JudgedTopic) => JudgedTopic): void {
    this.#aliases?.forEach((topic, alias, aliases) => aliases.set(alias, judge(topic)));
  }

  /** Publications that the pipeline has, and answers that wait behind them. */
  get waiting(): number {
    return this.accepted - this.settled + this.late.length;
  }
}
