import { readFileSync, mkdtempSync, rmSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { checkCsr } from "#server/pki/csr-policy.ts";
import { readSigningRequest } from "#server/pki/read-signing-request.ts";
import { namesOfDevice, namesProblem } from "#server/pki/request-names.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import { makeCustomerAuthority } from "#server/testing/customer-authority.ts";

const id = "3f0e8b1c-5c7a-4d2e-9b1a-0a1b2c3d4e5f";
const pump = { deviceId: "pump-17", id };
const dns = (value: string) => ({ type: "dns", value }) as const;
const url = (value: string) => ({ type: "url", value }) as const;

async function ruleOf(csrPem: string, expected = namesOfDevice(pump)) {
  const verdict = await checkCsr(csrPem, expected);
  return verdict.accepted ? "accepted" : verdict.rule;
}

describe("alternative names in a request are the device's own, or none", () => {
  it.each([
    [[], "accepted"],
    [[dns("pump-17")], "accepted"],
    [[url(`urn:uuid:${id}`)], "accepted"],
    [[dns("pump-17"), url(`urn:uuid:${id}`)], "accepted"],
    [[dns("pump-18")], "names"],
    [[dns("pump-17"), dns("broker.example")], "names"],
    [[url("urn:uuid:00000000-0000-4000-8000-000000000000")], "names"],
    [[url("pump-17")], "names"],
    [[{ type: "email", value: "pump-17" } as const], "names"],
    [[{ type: "ip", value: "192.0.2.1" } as const], "names"],
  ] as const)("%j: %s", async (names, expected) => {
    const { csrPem } = await makeRequest({ names });

    expect(await ruleOf(csrPem)).toBe(expected);
  });

  it("a device that does not exist yet has no UUID", async () => {
    const { csrPem } = await makeRequest({ names: [url(`urn:uuid:${id}`)] });

    expect(await ruleOf(csrPem, namesOfDevice({ deviceId: "pump-17" }))).toBe("names");
    expect(namesProblem(csrPem, { deviceId: "pump-17" })).toBe(
      `The request asks for the further name “urn:uuid:${id}”. Make it without subject alternative names.`,
    );
    expect(namesProblem(csrPem, pump)).toBeNull();
    expect(namesProblem(null, pump)).toBeNull();
  });

  it("the sentence is one line, however long and odd the name is", async () => {
    const { csrPem } = await makeRequest({ names: [url(`a\nb${"x".repeat(500)}`)] });

    expect(namesProblem(csrPem, pump)).toMatch(/ name “a\ufffdbx{61}”\. Make [^\n]*\.$/u);
  });
});

it.each([{ greedy: true }, { greedy: true, commonName: "pump-17", names: [dns("pump-17")] }])(
  "a request to be a CA is refused, whoever asks: %j",
  async (input) => {
    const { csrPem } = await makeRequest(input);

    expect(await ruleOf(csrPem)).toBe("ca-requested");
    expect(await checkCsr(csrPem, {})).toMatchObject({
      rule: "ca-requested",
      message: "The request asks to be a CA (CA:TRUE). Make it without basic constraints.",
    });
  },
);

describe("a renewal", () => {
  it.each([
    ["nobody", {}, "accepted"],
    ["the same common name", { commonName: "pump-17" }, "accepted"],
    ["somebody else", { commonName: "pump-18" }, "subject"],
    ["the names of the certificate", { names: [dns("pump-17.works.example")] }, "accepted"],
    ["further names", { names: [dns("pump-18.works.example")] }, "names"],
  ] as const)("for %s: %s", async (_, input, expected) => {
    const works = await makeCustomerAuthority();
    const { cert } = await works.issue({
      commonName: "pump-17",
      organisation: "Acme",
      names: [dns("pump-17.works.example")],
    });
    const { csrPem } = await makeRequest(input);

    const verdict = await checkCsr(csrPem, { ...namesOfDevice(pump), follows: cert });

    expect(verdict.accepted ? "accepted" : verdict.rule).toBe(expected);
  });
});

it("a request made by openssl is read, with all that it asks for", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-request-"));
  try {
    const words = "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -out r";
    const more = ["-subj", "/O=Acme/CN=pump-17/serialNumber=SN-17"];
    const wishes = ["-addext", "subjectAltName=DNS:a.example,URI:urn:x,IP:192.0.2.1"];
    const ca = ["-addext", "basicConstraints=critical,CA:TRUE"];
    const all = [...words.split(" "), ...more, ...wishes, ...ca];
    execFileSync("openssl", all, { cwd: folder, stdio: "pipe" });

    const request = readSigningRequest(readFileSync(path.join(folder, "r"), "utf8"));

    expect(request).toMatchObject({
      holder: { commonName: "pump-17", organisation: "Acme", serialNumber: "SN-17" },
      ca: true,
      names: ["dns:a.example", "url:urn:x", "ip:192.0.2.1"],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
