import { beforeAll, describe, expect, it } from "vitest";
import type { EnrolmentEvidence } from "#server/services/enrolment/answer.ts";
import { plainEvidence, readAsk } from "#server/services/enrolment/read-ask.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import { makeCustomerAuthority } from "#server/testing/customer-authority.ts";

const evidence = (ask: EnrolmentEvidence["ask"], registrationId = "pump-1"): EnrolmentEvidence => ({
  registrationId,
  serial: "",
  subject: { commonName: registrationId, organisation: "" },
  parameters: {},
  ask,
  transport: "mqtts",
  remote: "",
});

let csrPem: string;
let keys: CryptoKeyPair;
let certificatePem: string;
beforeAll(async () => {
  ({ csrPem, keys } = await makeRequest({ commonName: "pump-1" }));
  certificatePem = (await (await makeCustomerAuthority()).issue({ commonName: "pump-1", keys }))
    .cert;
});

describe("two requests are the same", () => {
  it("when they name the same device and key, however they are written", async () => {
    const again = await makeRequest({ keys });
    const one = await readAsk(evidence({ kind: "csr", csrPem }));
    const two = await readAsk(
      evidence({ kind: "csr", csrPem: again.csrPem.replaceAll("\n", "\r\n") }),
    );
    expect(two.digest).toBe(one.digest);
    expect(one).toMatchObject({ problem: null, spkiSha256: expect.any(String) as string });
  });

  it("and not when they name another device, or ask for something else", async () => {
    const asks = [
      evidence({ kind: "csr", csrPem }),
      evidence({ kind: "csr", csrPem }, "pump-2"),
      evidence({ kind: "certificate", pem: certificatePem }),
      evidence({ kind: "sas", key: "" }),
      evidence({ kind: "sas", key: "" }, "pump-2"),
    ];
    const read = await Promise.all(asks.map(readAsk));
    expect(new Set(read.map(({ digest }) => digest)).size).toBe(asks.length);
    expect(read[2]?.spkiSha256).toBe(read[0]?.spkiSha256);
  });
});

it("thousands of damaged requests and certificates end in a sentence or in a sound key", async () => {
  let state = 11;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % below;
  };
  const damaged = (pem: string) => {
    const [, label = ""] = /BEGIN ([A-Z ]+)-----/.exec(pem) ?? [];
    const bytes = Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
    for (let flips = 0; flips <= random(4); flips += 1) bytes[random(bytes.length)] = random(256);
    const cut = random(4) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
    return `-----BEGIN ${label}-----\n${cut.toString("base64")}\n-----END ${label}-----\n`;
  };
  const odd: unknown[] = [];
  for (let round = 0; round < 1_500; round += 1) {
    const asks = [
      { kind: "csr", csrPem: damaged(csrPem) },
      { kind: "certificate", pem: damaged(certificatePem) },
    ] as const;
    for (const ask of asks) {
      const { problem, spkiSha256 } = await readAsk(evidence(ask));
      const isFine = problem === null ? spkiSha256 !== null : /^[A-Z].{10,}/s.test(problem);
      if (!isFine) odd.push({ ask, problem });
    }
  }
  expect(odd).toEqual([]);
});

it("what a device says is cut to what can be kept", () => {
  const plain = plainEvidence({
    ...evidence({ kind: "sas", key: "" }, ` a\0b\n${"x".repeat(500)}`),
    serial: "\ud800",
    parameters: Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`name-${index}`, "y".repeat(1000)]),
    ),
  });
  expect(plain.registrationId).toMatch(/^a\u{fffd}b\u{fffd}x{196}$/u);
  expect(plain.serial).toBe("\u{fffd}");
  expect(Object.keys(plain.parameters)).toHaveLength(50);
  expect(plain.parameters["name-0"]).toHaveLength(512);
});
