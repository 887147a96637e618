import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import {
  pskSnippets,
  sasSnippets,
  secretSnippets,
  tokenSnippets,
} from "#server/domain/credential-snippets.ts";

const key = Buffer.from("a key of thirty-two bytes, truly!");
const target = { deviceId: "pump-17", host: "iot.example", port: 8883 };
const sas = (id: string) =>
  sasSnippets({ ...target, secret: key.toString("base64") }).find((each) => each.id === id)?.code ??
  "";

it("a token goes to the TLS listener as password", () => {
  const [shell, node] = tokenSnippets({ ...target, secret: "qsd_secret" });

  expect(shell.code).toContain("-p 8883 --cafile quayside-ca.pem -u pump-17 -P qsd_secret");
  expect(node.code).toContain('password: "qsd_secret"');
});

it("a pre-shared key has its identity beside it, and no CA", () => {
  const [shell, node] = pskSnippets({ ...target, secret: "00ff" }, "secondary");

  expect(shell.code).toContain("--psk 00ff --psk-identity pump-17/secondary -i pump-17");
  expect(shell.code).not.toContain("--cafile");
  expect(node.code).toContain('identity: "pump-17/secondary", psk: Buffer.from("00ff", "hex")');
});

it.each([
  ["password", "-P 00ff"],
  ["sas-primary", "SharedAccessSignature"],
  ["sas-secondary", "SharedAccessSignature"],
  ["psk-primary", "--psk-identity pump-17 "],
  ["psk-secondary", "--psk-identity pump-17/secondary "],
] as const)("a secret of the kind %s has its own commands", (kind, words) => {
  expect(secretSnippets(kind, { ...target, secret: "00ff" })[0]?.code).toContain(words);
});

it("the shell's SAS token is the one that the key makes", () => {
  const script = sas("shell").replace(/^mosquitto_pub.*-P (".*?").*$/m, "echo $1");

  const token = execFileSync("sh", ["-c", script], { encoding: "utf8" }).trim();

  const [, sr = "", sig = "", se = ""] =
    /^SharedAccessSignature sr=(.+)&sig=(.+)&se=(\d+)$/.exec(token) ?? [];
  expect(sr).toBe("iot.example%2Fdevices%2Fpump-17");
  expect(decodeURIComponent(sig)).toBe(
    createHmac("sha256", key).update(`${sr}\n${se}`).digest("base64"),
  );
});

it("the snippets in languages hold the key and the resource", () => {
  for (const id of ["node", "python"]) {
    expect(sas(id)).toContain(key.toString("base64"));
    expect(sas(id)).toContain("iot.example/devices/pump-17");
  }
});
