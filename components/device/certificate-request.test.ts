import { createPrivateKey, createPublicKey, webcrypto } from "node:crypto";
import { describe, expect, it } from "vitest";
import { makeBrowserRequest } from "#components/device/certificate-request.ts";
import { readRequestFile } from "#components/device/request-file.ts";
import { checkCsr } from "#server/pki/csr-policy.ts";

const subtle = webcrypto.subtle as SubtleCrypto;

describe("a request made by the browser", () => {
  it.each(["pump-17", "a", "x".repeat(128)])(
    "is accepted for %s, with its key",
    async (deviceId) => {
      const { csrPem, privateKeyPem } = await makeBrowserRequest(deviceId, subtle);

      const verdict = await checkCsr(csrPem, { commonName: deviceId });

      expect(verdict).toMatchObject({ accepted: true, key: { keyAlgorithm: "EC P-256" } });
      const spki = createPublicKey(createPrivateKey(privateKeyPem)).export({
        type: "spki",
        format: "der",
      });
      expect(verdict.accepted && verdict.key.spki.equals(spki)).toBe(true);
    },
  );

  it("proves possession whatever the signature's numbers begin with", async () => {
    for (let count = 0; count < 300; count += 1) {
      const { csrPem } = await makeBrowserRequest("pump-17", subtle);
      expect(await checkCsr(csrPem, { commonName: "pump-17" })).toMatchObject({ accepted: true });
    }
  });

  it("names the device, so that it is refused for another", async () => {
    const { csrPem } = await makeBrowserRequest("pump-18", subtle);

    expect(await checkCsr(csrPem, { commonName: "pump-17" })).toMatchObject({
      accepted: false,
      rule: "common-name",
    });
  });
});

describe("a file that is chosen as a request", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  it("may be PEM, with a mark of its encoding before it", () => {
    const pem = "-----BEGIN CERTIFICATE REQUEST-----\nMA==\n-----END CERTIFICATE REQUEST-----\n";

    expect(readRequestFile(bytes(`\u{feff}${pem}`))).toEqual({ text: pem });
  });

  it("may be DER, which becomes PEM", async () => {
    const { csrPem } = await makeBrowserRequest("pump-17", subtle);
    const der = Uint8Array.from(Buffer.from(csrPem.split("\n").slice(1, -2).join(""), "base64"));

    expect(readRequestFile(der)).toEqual({ text: csrPem });
  });

  it.each([
    ["that is larger", new Uint8Array(16_385), "16 KB"],
    ["that is empty", new Uint8Array(0), "empty"],
    ["with a private key", bytes("-----BEGIN EC PRIVATE KEY-----"), "private key"],
    ["with a certificate", bytes("-----BEGIN CERTIFICATE-----\nMA=="), "a certificate"],
    ["of something else", Uint8Array.from([0xff, 0xd8, 0xff]), "neither"],
  ])("%s is refused in words", (_what, file, words) => {
    expect(readRequestFile(file)).toEqual({ problem: expect.stringContaining(words) as string });
  });
});
