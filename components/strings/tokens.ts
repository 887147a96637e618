import type { DeviceCredentialView } from "#server/services/device/credentials.ts";

type Kind = DeviceCredentialView["kind"];

/** Words of a device's credentials beside certificates. */
export const tokenText = {
  title: "Keys and tokens",
  intro:
    "For devices that cannot hold a certificate. A token is a password, sent through TLS. With a SAS key the device signs short-lived tokens itself, as devices written for Azure do. A pre-shared key is never sent: the TLS handshake proves it, on the port for MQTT over TLS. Of each two can count at once, so that one is replaced while the device uses the other.",
  kinds: {
    "sas-primary": "Primary SAS key",
    "sas-secondary": "Secondary SAS key",
    "psk-primary": "Primary pre-shared key",
    "psk-secondary": "Secondary pre-shared key",
    password: "Token",
  } satisfies Record<Kind, string>,
  columnKind: "Credential",
  columnState: "State",
  columnMade: "Made",
  columnUsed: "Last used",
  notUsed: "not yet",
  olderToken: "Token before",
  columnActions: "Actions",
  none: "none",
  active: "active",
  madeBy: (who: string) => `by ${who}`,
  failed: "The keys and tokens could not be loaded",
  earlier: (count: string) => (count === "1" ? "1 revoked before" : `${count} revoked before`),

  make: "Make",
  makeLabel: (what: string) => `Make: ${what}`,
  replace: "Replace",
  replaceLabel: (what: string) => `Replace: ${what}`,
  revoke: "Revoke",
  revokeLabel: (what: string) => `Revoke: ${what}`,
  makeTitle: (what: string, device: string) => `${what} for ${device}`,
  replaceTitle: (what: string) => `Replace: ${what}?`,
  makeText: {
    "sas-primary": "The device signs its tokens with it.",
    "sas-secondary": "A second key that counts beside the first.",
    "psk-primary": "The device proves it in the TLS handshake, with its id as identity.",
    "psk-secondary":
      "A second key that counts beside the first. Its identity in the handshake is another one.",
    password: "The device logs in with its id as user name and this as password.",
  } satisfies Record<Kind, string>,
  replaceText:
    "The old one ends at once, and connections made with it are dropped. Move the device to its other key first where it must not be interrupted.",
  replaceTokenText:
    "Keep the old one until the device has the new one, and nothing is interrupted.",
  keepOld: "Keep the old one until I revoke it",
  keepOldHint: "Otherwise it ends at once, and connections made with it are dropped.",
  ownKey: "Key that the device has already",
  ownKeyHint: "Base64, 16 to 64 bytes. Empty: one is made here.",
  ownPskHint: "Hexadecimal, 16 to 64 bytes. Empty: one is made here.",
  revokeTitle: (what: string) => `Revoke: ${what}?`,
  revokeText: "It never counts again. Connections made with it are dropped at once.",
  revoked: (what: string) => `${what}: revoked`,

  secretTitle: "Copy it now",
  secretOnce: "It is shown once, here. The commands below have it in them.",
  username: "User name",
  identity: "Identity",
  done: "Done",
  language: "Client",
  ca: (file: string) => `Download ${file}`,
  pskNoCa:
    "With a pre-shared key both sides know each other by it; no certificate is needed. The identity names the key.",
  caWhy: "by which the device knows this server",
} as const;
