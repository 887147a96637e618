import type { AuthorityFinding } from "#server/domain/authority-findings.ts";

/** Words of the page about CAs. */
export const authorityText = {
  title: "Certificate authorities",
  failed: "The CAs could not be looked up",
  intro:
    "The root vouches for the issuing CAs; the issuing CA that is in use signs devices and the listeners. Those that are trusted sign nothing new, but what they signed counts.",
  none: "There is no CA yet",
  noneText: "The signer makes one when it starts: check that it runs.",
  signerAway:
    "The signer does not answer. Connections go on; nothing is issued, and no CA can be changed.",
  onlyOperator:
    "The CAs belong to the whole installation: the organisation that runs it changes them.",
  kinds: { root: "Root", intermediate: "Intermediate CA", issuing: "Issuing CA" } as Readonly<
    Record<string, string>
  >,
  states: { active: "In use", trusted: "Trusted", retired: "Retired" },
  keyPlaces: {
    file: "file on the server, not encrypted",
    encrypted_file: "file on the server, under a passphrase",
    pkcs11: "PKCS #11 token",
    absent: "not on this server",
  } as Readonly<Record<string, string>>,
  key: "Private key",
  algorithm: "Algorithm",
  validity: "Valid",
  until: (from: string, to: string) => `${from} to ${to}`,
  left: (days: string) => `${days} days left`,
  over: "expired",
  certificates: "Valid certificates",
  serial: "Serial number",
  sha256: "SHA-256",
  download: "Download certificate",
  downloadLabel: (name: string) => `Download the certificate of ${name}`,
  findings: {
    expired: {
      title: "Expired",
      remedy: "It signs nothing any more. Renew the issuing CA.",
    },
    "expires-soon": {
      title: "Expires within 30 days",
      remedy: "Renew the issuing CA now, then move devices with a rotation campaign.",
    },
    "shortens-certificates": {
      title: "Cuts certificates short",
      remedy:
        "No certificate outlives its issuer. Renew the issuing CA, so that new ones live as long as their profiles say.",
    },
    "renewal-due": {
      title: "Half of its life is over",
      remedy: "Renew the issuing CA; the old and the new one overlap until devices have moved.",
    },
    "root-online": {
      title: "The root's key is online",
      remedy:
        "Export it, keep the copy offline, and remove it from this server: who has it can vouch for any device.",
    },
    "key-not-encrypted": {
      title: "The key is not encrypted",
      remedy:
        "Set CA_KEY_PASSPHRASE_FILE and start the signer again; keys are put under the passphrase then.",
    },
    "can-be-retired": {
      title: "No certificate of it counts any more",
      remedy: "Retire it, so that its key can do no harm.",
    },
  } satisfies Record<AuthorityFinding, { title: string; remedy: string }>,
  actions: "Change the CAs",
  renew: "Renew issuing CA",
  renewTitle: "Renew the issuing CA?",
  renewText:
    "A new issuing CA is made under the root that is on this server. It signs from now on. The one before stays trusted: no connection is dropped and no device is turned away.",
  renewConfirm: "Renew",
  renewed: "The new issuing CA signs from now on",
  renewedDetail: "Move devices to it with a rotation campaign, or let them renew by themselves.",
  request: "Use another root",
  requestTitle: "An issuing CA under another root",
  requestText:
    "The key is made here and never leaves. Have the request signed where the other root is, then bring its certificate and the certificates above it.",
  commonName: "Common name of the new CA",
  commonNameHint: "At most 64 characters, and no name that a CA here has already.",
  organisation: "Organisation",
  makeRequest: "Make request",
  replaceHint: "A new request replaces the one that waits; its key is destroyed.",
  requestReady:
    "1. Have this request signed as a CA: CA:TRUE with path length 0, keyCertSign and cRLSign.",
  requestWhat: "certificate signing request",
  downloadRequest: "Download request",
  importStep: "2. Bring the certificate that was made of it.",
  certificate: "Certificate of the new CA (PEM)",
  chain: "Certificates above it, the root last (PEM)",
  importConfirm: "Use this CA",
  imported: "The new issuing CA signs from now on",
  importedDetail:
    "The listeners keep a certificate under the root that devices know, until its last issuing CA is retired.",
  another: "Make another request",
  exportRoot: "Export root key",
  exportTitle: "Export the root's key",
  exportText:
    "A copy under a passphrase, as openssl pkcs8 reads it. Keep it offline, and the passphrase somewhere else. The export is recorded.",
  passphrase: "Passphrase",
  passphraseHint: "At least 15 characters. It is not kept anywhere.",
  passphraseAgain: "Passphrase again",
  passphraseDiffers: "The passphrases are not the same.",
  exportConfirm: "Export",
  exported: "This is shown once. Download it before you close.",
  downloadKey: "Download root.key.pem",
  checkIt: "Check the copy: it must open with the passphrase.",
  removeRoot: "Remove root key",
  removeTitle: "Remove the root's key from this server?",
  removeText:
    "The key file is overwritten and deleted. Issuing CAs, devices and revocation lists go on as before. A further issuing CA then needs a request that is signed where the root is. Without an exported copy the root is lost.",
  removeConfirm: "Remove for good",
  removed: "The root's key is not on this server any more",
  retire: "Retire",
  retireLabel: (name: string) => `Retire ${name}`,
  retireTitle: (name: string) => `Retire ${name}?`,
  retireText:
    "Certificates that it signed stop counting, its revocation lists end, and its key is destroyed. This cannot be taken back.",
  retireNone: "No certificate that it signed counts any more.",
  retireSome: (count: string) =>
    `${count} certificates that it signed still count. Their devices are turned away.`,
  retireConfirm: "Retire for good",
  retired: (name: string) => `${name} is retired`,
  done: "Done",
} as const;
