/**
 * Packet identifiers of deliveries, [MQTT-2.2.1-4]. That of a kept message follows from its place in
 * the queue, so that it is the same after a crash without being written down [MQTT-4.4.0-1]; the
 * others belong to messages that are in memory only.
 */
const keptIds = 60_000n;
const firstOwn = 60_001;
const lastOwn = 65_535;

/** @returns the packet identifier of a kept message */
export function keptPacketId(seq: bigint): number {
  return 1 + Number(seq % keptIds);
}

/** Hands out identifiers for messages that are in memory only. */
export class OwnPacketIds {
  #last = lastOwn;

  /** @returns one that is not in use; undefined when all are */
  next(inUse: { has(id: number): boolean }): number | undefined {
    for (let tried = 0; tried <= lastOwn - firstOwn; tried += 1) {
      this.#last = this.#last === lastOwn ? firstOwn : this.#last + 1;
      if (!inUse.has(this.#last)) return this.#last;
    }
    return undefined;
  }
}
