/** How a topic is named in one PUBLISH: in full, by its alias, or in full to set the alias. */
export type TopicName = { readonly topic: string; readonly alias: number | undefined };

/**
 * Topic aliases towards one client, §3.3.2.3.4: at most as many as it takes [MQTT-3.1.2-26], those
 * used least recently are given to other topics. They end with the connection [MQTT-3.3.2-7].
 */
export class TopicAliases {
  readonly #maximum: number;
  /** In the order of their last use; undefined until the first, for most clients take none. */
  #aliases: Map<string, number> | undefined;

  /** @param maximum 0 for none [MQTT-3.1.2-27] */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** How to name the topic now; call {@link sent} when the packet goes out. */
  name(topic: string): TopicName {
    if (this.#maximum === 0) return { topic, alias: undefined };
    const aliases = (this.#aliases ??= new Map<string, number>());
    const known = aliases.get(topic);
    if (known !== undefined) return { topic: "", alias: known };
    if (aliases.size < this.#maximum) return { topic, alias: aliases.size + 1 };
    const oldest = aliases.values().next();
    return { topic, alias: oldest.value };
  }

  /** The client has been told: the alias means the topic from here on. */
  sent(topic: string, alias: number | undefined): void {
    if (alias === undefined) return;
    const aliases = (this.#aliases ??= new Map<string, number>());
    if (!aliases.delete(topic) && aliases.size >= this.#maximum) {
      const oldest = aliases.keys().next();
      if (oldest.done !== true) aliases.delete(oldest.value);
    }
    aliases.set(topic, alias);
  }
}
