/** How a topic is named in one PUBLISH: in full, by its alias, or in full to set the alias. */
export type TopicName = { readonly topic: string; readonly alias: number | undefined };

/**
 * Topic aliases towards one client, §3.3.2.3.4: at most as many as it takes [MQTT-3.1.2-26], those
 * used least recently are given to other topics. They end with the connection [MQTT-3.3.2-7].
 */
export class TopicAliases {
  readonly #maximum: number;
  /** In the order of their last use. */
  readonly #aliases = new Map<string, number>();

  /** @param maximum 0 for none [MQTT-3.1.2-27] */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** How to name the topic now; call {@link sent} when the packet goes out. */
  name(topic: string): TopicName {
    if (this.#maximum === 0) return { topic, alias: undefined };
    const known = this.#aliases.get(topic);
    if (known !== undefined) return { topic: "", alias: known };
    const size = this.#aliases.size;
    if (size < this.#maximum) return { topic, alias: size + 1 };
    const oldest = this.#aliases.values().next();
    return { topic, alias: oldest.value };
  }

  /** The client has been told: the alias means the topic from here on. */
  sent(topic: string, alias: number | undefined): void {
    if (alias === undefined) return;
    if (!this.#aliases.delete(topic) && this.#aliases.size >= this.#maximum) {
      const oldest = this.#aliases.keys().next();
      if (oldest.done !== true) this.#aliases.delete(oldest.value);
    }
    this.#aliases.set(topic, alias);
  }
}
