import "reflect-metadata";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { KeyUsageFlags } from "@peculiar/x509";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { proofProblem, readCertificate, readCustomerCa } from "#server/pki/customer-ca.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import {
  makeCustomerAuthority,
  type CustomerAuthority,
} from "#server/testing/customer-authority.ts";

const now = new Date();
const dayMs = 86_400_000;
let works: CustomerAuthority;
beforeAll(async () => {
  works = await makeCustomerAuthority();
});

describe("a customer's CA", () => {
  it("is taken as PEM and as the base64 of DER", () => {
    const read = readCustomerCa(works.pem, now);
    expect(read).toMatchObject({ description: { keyAlgorithm: "EC P-256" } });
    const base64 = works.pem.replace(/-----[^-]+-----/g, "");
    expect(readCustomerCa(base64, now)).toEqual(read);
    expect(readCustomerCa(`\r\n${works.pem.replaceAll("\n", "\r\n")}  `, now)).toEqual(read);
  });

  it.each([
    ["no CA", { ca: false }, /do not say CA:TRUE/],
    ["one that may not sign", { usage: KeyUsageFlags.digitalSignature }, /keyCertSign/],
    ["an expired one", { notAfter: new Date(now.getTime() - dayMs / 2) }, /expired on/],
    ["one of tomorrow", { notBefore: new Date(now.getTime() + dayMs) }, /valid from .* only/],
    ["one with a weak key", { rsaBits: 1024 }, /too weak\. An RSA key of 1024 bits/],
  ])("%s is refused in words", async (_, how, words) => {
    const { pem } = await makeCustomerAuthority("Works CA", how);
    expect(readCustomerCa(pem, now).problem).toMatch(words);
  });

  it("may leave out key usages: then nothing is restricted", async () => {
    const { pem } = await makeCustomerAuthority("Works CA", { usage: null });
    expect(readCustomerCa(pem, now).problem).toBeUndefined();
  });

  it("what is no certificate is refused in words, however it is broken", async () => {
    const { privateKeyPem, csrPem } = await makeKeyAndRequest();
    expect(readCertificate(privateKeyPem).problem).toMatch(/This is a private key/);
    expect(readCertificate(csrPem).problem).toMatch(/not one certificate in PEM form/);
    expect(readCertificate("hello").problem).toMatch(/not one certificate/);
    expect(readCertificate(works.pem + works.pem).problem).toMatch(/./);
    const lines = works.pem.split("\n");
    const cut = [...lines.slice(0, 3), ...lines.slice(-2)].join("\n");
    expect(readCertificate(cut).problem).toMatch(/damaged/);
  });

  it("thousands of damaged ones end in words and in nothing else", () => {
    let state = 7;
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state % below;
    };
    const der = Buffer.from(works.pem.replace(/-----[^-]+-----/g, ""), "base64");
    const odd: string[] = [];
    for (let round = 0; round < 2_000; round += 1) {
      const bytes = Buffer.from(der);
      for (let flips = 0; flips <= random(4); flips += 1) bytes[random(bytes.length)] = random(256);
      const cut = random(3) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
      const pem = `-----BEGIN CERTIFICATE-----\n${cut.toString("base64")}\n-----END CERTIFICATE-----`;
      const { problem = "Sound." } = readCustomerCa(pem, now);
      if (!/^[A-Z].*\.$/s.test(problem)) odd.push(problem);
    }
    expect(odd).toEqual([]);
  });
});

describe("the proof", () => {
  const challenge = "0123456789abcdef";

  it("is a certificate of the challenge, signed by the CA", async () => {
    const { cert } = await works.issue({ commonName: challenge });
    expect(proofProblem(cert, { caPem: works.pem, challenge })).toBeUndefined();
  });

  it("is refused for another name, another CA or another CA of the same name", async () => {
    const caPem = works.pem;
    const wrongName = await works.issue({ commonName: "other" });
    expect(proofProblem(wrongName.cert, { caPem, challenge })).toMatch(/must be the challenge/);
    const stranger = await makeCustomerAuthority();
    const wrongKey = await stranger.issue({ commonName: challenge });
    expect(proofProblem(wrongKey.cert, { caPem, challenge })).toMatch(/not signed by the CA's key/);
    expect(proofProblem("?", { caPem, challenge })).toMatch(/PEM form/);
  });

  describe("made by openssl", () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(path.join(tmpdir(), "quayside-proof-"));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it("counts as well", () => {
      const openssl = (...words: readonly string[]) =>
        execFileSync("openssl", words, { cwd: folder, stdio: "pipe" });
      const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
      openssl("req", "-x509", ...ec, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Own CA");
      openssl(
        "req",
        "-new",
        ...ec,
        "-keyout",
        "p.key",
        "-out",
        "p.csr",
        "-subj",
        `/CN=${challenge}`,
      );
      openssl("x509", "-req", "-in", "p.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", "p.pem");
      const read = (name: string) => readFileSync(path.join(folder, name), "utf8");
      expect(readCustomerCa(read("ca.pem"), new Date()).problem).toBeUndefined();
      expect(proofProblem(read("p.pem"), { caPem: read("ca.pem"), challenge })).toBeUndefined();
    });
  });
});
