import { burstSeconds, type MqttLimits } from "#server/gateway/mqtt/limits.ts";

/** Whose rate was exceeded. */
export type ThrottleScope = "connection" | "device" | "tenant";

type Rates = { readonly messagesPerSecond: number; readonly bytesPerSecond: number };

/** A level that refills with time and may sink below zero: what came is let in, and waited for. */
class Level {
  #level = Number.POSITIVE_INFINITY;
  #at = 0;

  /** @returns milliseconds until the level is back at zero; 0 when it did not sink below */
  charge(amount: number, perSecond: number, now: number): number {
    if (perSecond <= 0) return 0;
    const refilled = this.#level + (Math.max(0, now - this.#at) * perSecond) / 1_000;
    this.#at = now;
    this.#level = Math.min(refilled, perSecond * burstSeconds) - amount;
    return this.#level >= 0 ? 0 : (-this.#level / perSecond) * 1_000;
  }
}

/** The messages and bytes of a connection, an owner or a tenant. */
export class Meter {
  /** Epoch milliseconds. */
  usedAt = 0;
  readonly #messages = new Level();
  readonly #bytes = new Level();

  /** @returns milliseconds to wait */
  charge(messages: number, bytes: number, rates: Rates, now: number): number {
    this.usedAt = now;
    return Math.max(
      this.#messages.charge(messages, rates.messagesPerSecond, now),
      this.#bytes.charge(bytes, rates.bytesPerSecond, now),
    );
  }
}

/** How long a connection is to be left unread, and for whose rate. */
export type Excess = { readonly waitMs: number; readonly scope: ThrottleScope };

/** The rates that one connection is subject to, as they are now: a change holds at once. */
export class Throttle {
  readonly #limits: () => MqttLimits;
  /** Made with the first packet after CONNECT. */
  #own: Meter | undefined;
  readonly #device: Meter;
  readonly #tenant: Meter;

  constructor(
    limits: () => MqttLimits,
    shared: { readonly device: Meter; readonly tenant: Meter },
  ) {
    this.#limits = limits;
    this.#device = shared.device;
    this.#tenant = shared.tenant;
  }

  /** Charges what one chunk of the socket brought. */
  charge(messages: number, bytes: number, now: number): Excess | undefined {
    const { connection, device, tenant } = this.#limits();
    this.#own ??= new Meter();
    const own = this.#own.charge(messages, bytes, connection, now);
    const ofDevice = this.#device.charge(messages, bytes, device, now);
    const ofTenant = this.#tenant.charge(messages, bytes, tenant, now);
    const waitMs = Math.max(own, ofDevice, ofTenant);
    if (waitMs === 0) return undefined;
    if (waitMs === own) return { waitMs, scope: "connection" };
    return { waitMs, scope: waitMs === ofDevice ? "device" : "tenant" };
  }
}
