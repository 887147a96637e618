import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  createKeyring,
  KeyMissing,
  newEncryptionKey,
  SealBroken,
  type SealedPlace,
} from "#server/crypto/envelope.ts";

const place: SealedPlace = {
  table: "device_credential",
  column: "sealed_key",
  tenantId: "tenant-1",
  id: "row-1",
};
const secret = Buffer.from("a key of a device");
const key = newEncryptionKey();
const keyring = createKeyring(key);

describe("a sealed secret", () => {
  it("opens at its place, and shows nothing of itself", () => {
    const sealed = keyring.seal(place, secret);

    expect(keyring.open(place, sealed)).toEqual(secret);
    expect(Buffer.from(sealed).includes(secret)).toBe(false);
    expect(keyring.open(place, keyring.seal(place, Buffer.alloc(0)))).toEqual(Buffer.alloc(0));
  });

  it("is another one each time", () => {
    expect(keyring.seal(place, secret)).not.toEqual(keyring.seal(place, secret));
  });

  it.each([
    { table: "service_client" },
    { column: "secret_hash" },
    { tenantId: "tenant-2" },
    { id: "row-2" },
    { table: "device_credential|sealed_key", column: "" },
  ])("does not open when it was copied to %j", (elsewhere) => {
    const sealed = keyring.seal(place, secret);

    expect(() => keyring.open({ ...place, ...elsewhere }, sealed)).toThrow(SealBroken);
  });

  it("does not open when any byte of it was changed", () => {
    const sealed = keyring.seal(place, secret);

    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ 1 : byte));
      expect(() => keyring.open(place, altered), `byte ${at}`).toThrow(Error);
    }
  });

  it.each([0, 1, 5, 64, 92])("does not open when only its first %d bytes are left", (length) => {
    const sealed = keyring.seal(place, secret).subarray(0, length);

    expect(() => keyring.open(place, sealed)).toThrow(SealBroken);
  });
});

describe("keys", () => {
  it("an older key still opens, the newest seals", () => {
    const newer = newEncryptionKey();
    const rotated = createKeyring(`${newer},${key}`);

    expect(rotated.open(place, keyring.seal(place, secret))).toEqual(secret);
    const sealed = rotated.seal(place, secret);
    expect(createKeyring(newer).open(place, sealed)).toEqual(secret);
    expect(() => keyring.open(place, sealed)).toThrow(KeyMissing);
  });

  it("without one nothing is sealed or opened, and the message says what to set", () => {
    const none = createKeyring(undefined);

    expect(() => none.seal(place, secret)).toThrow(/ENCRYPTION_KEY/);
    expect(() => none.open(place, keyring.seal(place, secret))).toThrow(KeyMissing);
  });

  it.each(["short", randomBytes(31).toString("base64url"), randomBytes(33).toString("base64url")])(
    "%j is none, and is not repeated in the message",
    (text) => {
      expect(() => createKeyring(text)).toThrow(KeyMissing);
      expect(() => createKeyring(text)).not.toThrow(text);
    },
  );
});
