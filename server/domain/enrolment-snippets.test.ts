import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { enrolmentKinds } from "#server/domain/enrolment-rules.ts";
import { enrolmentSnippets, proofCommands } from "#server/domain/enrolment-snippets.ts";

const target = {
  publicId: "grp-7",
  host: "quay.example",
  tlsPort: 18_883,
  httpsPort: 18_443,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "snippets-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function shell(commands: string): string {
  return execFileSync("sh", ["-e", "-c", commands], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

function codeOf(kind: (typeof enrolmentKinds)[number], id: string, secret?: string): string {
  const snippets = enrolmentSnippets({ ...target, kind, ...(secret !== undefined && { secret }) });
  return snippets.find((each) => each.id === id)?.code ?? "";
}

const makeCa =
  "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca-key.pem -subj /CN=Factory -days 30 -out ca.pem";

describe("the commands to paste", () => {
  it.each(enrolmentKinds)("name the real host and one of its ports: %s", (kind) => {
    const all = enrolmentSnippets({ ...target, kind }).map(({ code, before }) => before + code);

    expect(all.join("\n")).toContain("quay.example");
    expect(all.join("\n")).toMatch(/18883|18443/);
  });

  it("prove the possession of a CA's key", () => {
    shell(makeCa);
    const pem = shell(proofCommands("3f9c"));
    writeFileSync(path.join(folder, "read.pem"), pem);

    expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(shell("openssl verify -CAfile ca.pem read.pem")).toContain("OK");
    expect(shell("openssl x509 -in read.pem -noout -subject")).toContain("3f9c");
  });

  it("derive a device's key as Azure does", () => {
    const key = Buffer.alloc(64, 7).toString("base64");
    const expected = createHmac("sha256", Buffer.alloc(64, 7)).update("pump-1").digest("base64");

    expect(shell(`GROUP_KEY=${key}; ${codeOf("symmetric_key", "derive")}`)).toBe(expected);
  });

  it("make a request that EST takes: base64 of DER", () => {
    const [first = ""] = codeOf("est", "curl").split("\n");
    shell(first);

    expect(
      shell("openssl base64 -d -in request.b64 | openssl req -inform DER -noout -subject"),
    ).toContain("pump-1");
  });

  it("hold the secret only when it was just made", () => {
    expect(codeOf("est", "curl")).toContain("-u 'pump-1:SECRET'");
    expect(codeOf("est", "curl", "s3cret")).toContain("-u 'pump-1:s3cret'");
  });
});
