import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/**
 * Secrets that must be read again (a SAS key, to check a signature) are sealed before they reach
 * the database: AES-256-GCM under a data key of their own, which is itself sealed under the
 * installation's key-encryption key. Both seals are bound to the place of the value, so that a
 * sealed value copied to another row, column, table or organisation does not open.
 *
 *   version (1 byte) | key id (4) | data key: nonce (12), tag (16), key (32) | value: nonce (12), tag (16), bytes
 */

/** Where a sealed value lives; whoever moves it changes this, and it does not open any more. */
export type SealedPlace = {
  readonly table: string;
  readonly column: string;
  readonly tenantId: string;
  /** Of the row. */
  readonly id: string;
};

/** The installation's key-encryption keys. */
export type Keyring = {
  /**
   * Seals under the newest key.
   * @throws KeyMissing when the keyring is empty
   */
  seal(place: SealedPlace, secret: Uint8Array): Uint8Array<ArrayBuffer>;
  /**
   * @throws KeyMissing when the key under which it was sealed is not in the keyring
   * @throws SealBroken when it was altered, or sealed for another place
   */
  open(place: SealedPlace, sealed: Uint8Array): Buffer;
};

/** The key is not here; the message names the setting. */
export class KeyMissing extends Error {}

/** A sealed value does not open: it was altered or moved. */
export class SealBroken extends Error {}

const algorithm = "aes-256-gcm";
const version = 1;
const keyBytes = 32;
const keyIdBytes = 4;
const nonceBytes = 12;
const tagBytes = 16;
const dataKeyAt = 1 + keyIdBytes;
const valueAt = dataKeyAt + nonceBytes + tagBytes + keyBytes;

type Key = { readonly id: Buffer; readonly bytes: Buffer };

function keyOf(text: string): Key {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.length !== keyBytes) {
    throw new KeyMissing(
      "ENCRYPTION_KEY must hold 32 random bytes as base64url (43 characters), or several such keys with commas between them, the newest first.",
    );
  }
  const id = createHash("sha256").update("quayside-key-id").update(bytes).digest();
  return { id: id.subarray(0, keyIdBytes), bytes };
}

/** Version and key id are bound as well: nobody can make a value claim another key. */
function associated(place: SealedPlace, header: Uint8Array): Buffer {
  const { table, column, tenantId, id } = place;
  // JSON keeps the parts apart whatever they hold.
  return Buffer.concat([header, Buffer.from(JSON.stringify([table, column, tenantId, id]))]);
}

function encrypt(key: Uint8Array, aad: Uint8Array, plain: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(aad);
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

function decrypt(key: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Buffer {
  const nonce = sealed.subarray(0, nonceBytes);
  const tag = sealed.subarray(nonceBytes, nonceBytes + tagBytes);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(aad).setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
}

/**
 * @param text keys as base64url with commas between them, the newest first; older ones only open
 * what was sealed under them. Undefined for none: then nothing can be sealed or opened.
 * @throws KeyMissing when the text is no list of keys
 */
export function createKeyring(text: string | undefined): Keyring {
  const keys = (text ?? "")
    .split(",")
    .filter((part) => part !== "")
    .map((part) => keyOf(part));
  const missing = (): never => {
    throw new KeyMissing(
      "The key under which stored secrets are sealed is not set. Start by npm start, which makes it, or set ENCRYPTION_KEY to that of the installation.",
    );
  };
  return {
    seal: (place, secret) => {
      const key = keys[0] ?? missing();
      const header = Buffer.concat([Buffer.from([version]), key.id]);
      const aad = associated(place, header);
      const dataKey = randomBytes(keyBytes);
      return new Uint8Array(
        Buffer.concat([header, encrypt(key.bytes, aad, dataKey), encrypt(dataKey, aad, secret)]),
      );
    },
    open: (place, sealed) => {
      if (sealed.length < valueAt + nonceBytes + tagBytes || sealed[0] !== version) {
        throw new SealBroken(
          `The sealed ${place.column} of ${place.table} ${place.id} is damaged.`,
        );
      }
      const header = sealed.subarray(0, dataKeyAt);
      const key = keys.find(({ id }) => id.equals(header.subarray(1))) ?? missing();
      try {
        const aad = associated(place, header);
        const dataKey = decrypt(key.bytes, aad, sealed.subarray(dataKeyAt, valueAt));
        return decrypt(dataKey, aad, sealed.subarray(valueAt));
      } catch (error) {
        throw new SealBroken(
          `The sealed ${place.column} of ${place.table} ${place.id} was altered or belongs elsewhere.`,
          { cause: error },
        );
      }
    },
  };
}

/** A fresh key for {@link createKeyring}. */
export function newEncryptionKey(): string {
  return randomBytes(keyBytes).toString("base64url");
}
