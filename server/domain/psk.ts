/** The two pre-shared keys of a device; the device moves to one while the other still counts. */
export const pskSlots = ["primary", "secondary"] as const;
export type PskSlot = (typeof pskSlots)[number];

/** Sizes of a pre-shared key in bytes; 128 bits are the least that nobody can try out. */
export const pskBytes = { min: 16, max: 64, made: 32 } as const;

/** The registry's kind for a slot. */
export function pskKindOf(slot: PskSlot): "psk-primary" | "psk-secondary" {
  return `psk-${slot}`;
}

const secondarySuffix = "/secondary";

/**
 * What the device calls itself in the handshake. Each key has an identity of its own, RFC 9257 §6:
 * the server must choose a key before anything proves which one the client holds.
 */
export function pskIdentityOf(deviceId: string, slot: PskSlot): string {
  return slot === "primary" ? deviceId : `${deviceId}${secondarySuffix}`;
}

/** The device and the slot that an identity names; no device id holds a slash. */
export function readPskIdentity(identity: string): {
  readonly deviceId: string;
  readonly slot: PskSlot;
} {
  return identity.endsWith(secondarySuffix)
    ? { deviceId: identity.slice(0, -secondarySuffix.length), slot: "secondary" }
    : { deviceId: identity, slot: "primary" };
}
