import { execFileSync, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openAuthority } from "#server/pki/authority.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { createLocalSigner } from "#server/pki/local-signer.ts";
import { TokenUnavailable } from "#server/pki/pkcs11.ts";

const library = [
  "/usr/lib/softhsm/libsofthsm2.so",
  "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
].find((file) => existsSync(file));
const hasTools = ["softhsm2-util", "pkcs11-tool"].every(
  (tool) => spawnSync(tool, ["--help"]).error === undefined,
);
const without = "SoftHSM2 or OpenSC is not installed: apt-get install softhsm2 opensc";
const pin = "473829";

describe.skipIf(library === undefined || !hasTools)(
  `an issuing key in a token (${without})`,
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), "quayside-token-"));
    const token = { module: library ?? "", tokenLabel: "quayside", pin };
    const now = new Date();

    beforeAll(() => {
      mkdirSync(path.join(folder, "tokens"));
      const conf = path.join(folder, "softhsm2.conf");
      writeFileSync(conf, `directories.tokendir = ${path.join(folder, "tokens")}\n`);
      vi.stubEnv("SOFTHSM2_CONF", conf);
      const init = ["--init-token", "--free", "--label", "quayside", "--so-pin", "1234567890"];
      execFileSync("softhsm2-util", [...init, "--pin", pin], { stdio: "ignore" });
    });
    afterAll(() => {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    });

    const open = (settings: object = { token }) =>
      openAuthority({ dataDir: folder, now, ...settings });
    const sign = async (authority: Awaited<ReturnType<typeof open>>) => {
      const log = (): Promise<void> => Promise.resolve();
      const signer = createLocalSigner({ authority, log, now: () => now });
      const { csrPem } = await makeKeyAndRequest();
      return signer.sign({ kind: "server", csrPem, hosts: ["localhost"] });
    };

    it("is made there, signs there, is found at the next start, and destroyed at the end", async () => {
      const authority = await open();
      await authority.manage({ op: "renew-issuing" }, now);

      const again = await open();
      const { certificatePem } = await sign(again);

      const issuer = new X509Certificate(again.issuingPem);
      expect(new X509Certificate(certificatePem).verify(issuer.publicKey)).toBe(true);
      expect(again.status().map(({ keyPlace }) => keyPlace)).toEqual(["file", "pkcs11", "file"]);
      expect(
        readdirSync(path.join(folder, "pki")).filter((name) => /^issuing-.*key/.test(name)),
      ).toEqual([]);
      await expect(open({})).rejects.toThrow(/PKCS11_MODULE/);

      const inToken = again.status()[1]?.sha256 ?? "";
      await again.manage({ op: "renew-issuing" }, now);
      await again.manage({ op: "retire-issuing", sha256: inToken }, now);
      const list = ["--module", token.module, "--token-label", "quayside", "--list-objects"];
      const keys = execFileSync("pkcs11-tool", [...list, "--login", "--pin", pin], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      expect(keys.match(/Private Key Object/g)).toHaveLength(1);
    });

    it("that cannot be reached signs nothing, says so, and stops nothing else", async () => {
      const authority = await open({ token: { ...token, pin: "000000" } });

      await expect(sign(authority)).rejects.toBeInstanceOf(TokenUnavailable);
      await expect(sign(await open())).resolves.toBeDefined();
    });
  },
);
