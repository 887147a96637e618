import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SocketInUse } from "#server/pki/claim-socket.ts";
import {
  connectSigner,
  SignerRefusal,
  SignerUnavailable,
  type CertificateRequest,
  type Signer,
} from "#server/pki/signer-client.ts";
import { longestLine } from "#server/pki/signer-protocol.ts";
import { serveSigner, type SignerEvent } from "#server/pki/signer-server.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import { createTestSigner, type TestSigner } from "#server/testing/test-signer.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";

let ca: TestSigner;
let request: Extract<CertificateRequest, { kind: "device" }>;
let folder = "";
let socketPath = "";
let events: SignerEvent[] = [];

beforeAll(async () => {
  ca = await createTestSigner();
  folder = mkdtempSync(path.join(tmpdir(), "quayside-signer-"));
  const { csrPem } = await makeRequest({});
  const deviceUuid = "3f0e8b1c-5c7a-4d2e-9b1a-0a1b2c3d4e5f";
  request = {
    kind: "device",
    csrPem,
    deviceId: "pump-17",
    deviceUuid,
    organisation: "Acme",
    days: 90,
  };
});
afterAll(() => {
  ca.remove();
  rmSync(folder, { recursive: true, force: true });
});
let count = 0;
beforeEach(() => {
  count += 1;
  socketPath = path.join(folder, `${count}.sock`);
  events = [];
});

function serve(change: Partial<Parameters<typeof serveSigner>[0]> = {}) {
  return serveSigner({
    socketPath,
    openSigner: () => Promise.resolve(ca.signer),
    onEvent: (event) => events.push(event),
    ...change,
  });
}

/** Writes bytes as they are and returns all that comes back. */
async function raw(bytes: string | Buffer): Promise<{ error?: string; ok: boolean }> {
  const socket = connect(socketPath);
  socket.on("error", () => undefined);
  if (bytes.length > 0) socket.write(bytes);
  let text = "";
  socket.on("data", (chunk) => (text += chunk.toString()));
  await once(socket, "close");
  return JSON.parse(text) as { error?: string; ok: boolean };
}

describe("the signer's socket", () => {
  it("signs for its own user only, two at once as well", async () => {
    const server = await serve();
    const signer = connectSigner(socketPath);

    const [one, two] = await Promise.all([signer.sign(request), signer.sign(request)]);

    await server.stop();
    expect(one.certificatePem).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(one.certificatePem).not.toBe(two.certificatePem);
    expect(one.chainPem).toBe(ca.authority.issuingPem + ca.authority.rootPem);
    expect(existsSync(socketPath)).toBe(false);
  });

  it("has mode 0600", async () => {
    const server = await serve();

    expect(statSync(socketPath).mode & 0o777).toBe(0o600);

    await server.stop();
  });

  it("tells a refusal in words", async () => {
    const server = await serve();

    const signing = connectSigner(socketPath).sign({ ...request, deviceId: "pump/18" });

    await expect(signing).rejects.toBeInstanceOf(SignerRefusal);
    await expect(signing).rejects.toThrow(/device id/);
    await server.stop();
  });

  it.each([
    ["garbage", "\u0000\u0001garbage\n", "malformed"],
    ["another protocol", "GET / HTTP/1.1\r\n\r\n", "malformed"],
    ["JSON that is no request", "[1,2]\n", "refused"],
    ["a prototype", '{"__proto__":{"kind":"device"}}\n', "refused"],
    ["more than the cap", "x".repeat(longestLine + 1), "too_large"],
    ["a caller that says nothing", "", "slow"],
    ["a caller that never ends its line", "{", "slow"],
  ])("%s is answered and does no harm", async (_, bytes, error) => {
    const server = await serve({ limits: { requestTimeoutMs: 200 } });

    expect(await raw(bytes)).toMatchObject({ ok: false, error });

    await expect(connectSigner(socketPath).sign(request)).resolves.toBeDefined();
    await server.stop();
  });

  it("answers a bare request, as callers of before write it, and closes", async () => {
    const server = await serve();

    const answer = await raw(`${JSON.stringify(request)}\n`);

    await server.stop();
    expect(answer).toMatchObject({ ok: true });
  });

  it("is asked again by the same caller after it was started again", async () => {
    const signer = connectSigner(socketPath);
    const before = await serve();
    await signer.sign(request);
    await before.stop();
    const after = await serve();

    await expect(signer.sign(request)).resolves.toBeDefined();

    await after.stop();
  });

  it("does with CAs what it is told, and tells a refusal in words", async () => {
    const server = await serve();
    const signer = connectSigner(socketPath);

    const { authorities } = await signer.manage({ op: "status" });
    const removing = signer.manage({ op: "remove-root", sha256: "0".repeat(64) });

    await expect(removing).rejects.toThrow(SignerRefusal);
    expect(authorities).toEqual(ca.authority.status());
    await server.stop();
  });

  it("reads a list of megabytes, and nothing else of that length", async () => {
    const server = await serve();
    const [, issuing] = ca.authority.status();
    const tbs = Buffer.alloc(5_000_000, 0x30);

    const signing = connectSigner(socketPath).signCrl({
      issuerSha256: issuing?.sha256 ?? "",
      tbs,
    });

    await expect(signing).rejects.toThrow(/no list that can be signed/);
    const long = `{"op":"manage","command":"${"x".repeat(longestLine)}"}\n`;
    expect(await raw(long)).toMatchObject({ ok: false, error: "too_large" });
    await server.stop();
  });

  it("signs no faster than its limit, and says that it is busy", async () => {
    const server = await serve({ limits: { perSecond: 0.001, burst: 2 } });
    const signer = connectSigner(socketPath);

    const results = await Promise.allSettled([1, 2, 3].map(() => signer.sign(request)));

    await server.stop();
    expect(results.map(({ status }) => status).toSorted()).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
    ]);
    const refused = results.find((result) => result.status === "rejected");
    expect(refused?.reason).toBeInstanceOf(SignerUnavailable);
  });

  it("hides what went wrong inside from the caller, and tells its log", async () => {
    const broken: Signer = {
      ...absentSigner(),
      sign: () => Promise.reject(new Error("ENOSPC /secret/path")),
    };
    const server = await serve({ openSigner: () => Promise.resolve(broken) });

    const signing = connectSigner(socketPath).sign(request);

    await expect(signing).rejects.toBeInstanceOf(SignerUnavailable);
    await expect(signing).rejects.not.toThrow(/secret/);
    expect(events).toEqual([{ outcome: "failed", message: "ENOSPC /secret/path" }]);
    await server.stop();
  });

  it("never tells its log the request", async () => {
    const server = await serve();
    await connectSigner(socketPath).sign(request);
    await raw(`${JSON.stringify({ ...request, days: 9999 })}\n`);

    await server.stop();

    expect(events).toHaveLength(2);
    expect(JSON.stringify(events)).not.toContain("BEGIN");
  });
});

describe("who serves the socket", () => {
  it("a second live signer is refused, and the first goes on", async () => {
    const server = await serve();

    const second = serve({ openSigner: () => Promise.reject(new Error("opened the CA")) });

    await expect(second).rejects.toBeInstanceOf(SocketInUse);
    await expect(second).rejects.toThrow(socketPath);
    await expect(connectSigner(socketPath).sign(request)).resolves.toBeDefined();
    await server.stop();
  });

  it("of ten that start at once after a crash exactly one serves", async () => {
    await leaveStaleSocket();

    const results = await Promise.allSettled(Array.from({ length: 10 }, () => serve()));

    const serving = results.filter((result) => result.status === "fulfilled");
    expect(serving).toHaveLength(1);
    await expect(connectSigner(socketPath).sign(request)).resolves.toBeDefined();
    await serving[0]?.value.stop();
  });

  it("a CA that cannot be opened leaves no socket behind", async () => {
    const starting = serve({ openSigner: () => Promise.reject(new Error("no CA")) });

    await expect(starting).rejects.toThrow("no CA");
    expect(existsSync(socketPath)).toBe(false);
  });
});

/** As a process leaves it that was killed. */
async function leaveStaleSocket(): Promise<void> {
  const code = `require("net").createServer().listen(${JSON.stringify(socketPath)}, () => process.kill(process.pid, "SIGKILL"))`;
  await once(spawn(process.execPath, ["-e", code]), "exit");
  expect(existsSync(socketPath)).toBe(true);
}

describe("without a signer", () => {
  it("nothing listens: unavailable, with the path and what to check", async () => {
    const signing = connectSigner(socketPath).sign(request);

    await expect(signing).rejects.toBeInstanceOf(SignerUnavailable);
    await expect(signing).rejects.toThrow(`${socketPath} does not answer. Check that`);
  });

  it.each([
    ["closes at once", (answer: (text: string) => void) => answer("")],
    ["answers nonsense", (answer: (text: string) => void) => answer("nonsense\n")],
    ["answers something else", (answer: (text: string) => void) => answer('{"ok":true}\n')],
    ["never ends its line", (answer: (text: string) => void) => answer("x".repeat(100_000))],
  ])("who serves instead %s: unavailable", async (_, behave) => {
    const impostor = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => behave((text) => socket.end(text)));
    }).listen(socketPath);
    await once(impostor, "listening");

    await expect(connectSigner(socketPath).sign(request)).rejects.toBeInstanceOf(SignerUnavailable);

    impostor.close();
  });
});

describe("the signer process", () => {
  const main = path.resolve(import.meta.dirname, "../main/signer.ts");
  const start = (dataDir: string, stdin: "pipe" | "ignore"): ChildProcess =>
    spawn(process.execPath, [main], {
      env: { NODE_ENV: "test", PATH: "/usr/bin:/bin", DATA_DIR: dataDir },
      stdio: [stdin, "pipe", "pipe"],
    });
  const ready = async (child: ChildProcess): Promise<string> => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
    while (!text.includes("signer ready")) {
      if (child.exitCode !== null) throw new Error("The signer ended before it was ready.");
      await sleep(20);
    }
    return text;
  };

  it("survives kill -9 with the same CA, stops on SIGTERM, and ends when its parent does", async () => {
    const dataDir = path.join(folder, "data");
    const signer = connectSigner(path.join(dataDir, "run/signer.sock"));

    const first = start(dataDir, "ignore");
    expect(JSON.parse((await ready(first)).trim().split("\n").at(-1) ?? "")).toMatchObject({
      event: "signer.ready",
    });
    const root = readFileSync(path.join(dataDir, "pki/root.pem"), "utf8");
    first.kill("SIGKILL");
    await once(first, "exit");

    const second = start(dataDir, "ignore");
    await ready(second);
    expect((await signer.sign(request)).chainPem).toContain(root);
    second.kill("SIGTERM");
    expect(await once(second, "exit")).toEqual([0, null]);

    const third = start(dataDir, "pipe");
    await ready(third);
    third.stdin?.end();
    expect(await once(third, "exit")).toEqual([0, null]);
    expect(existsSync(path.join(dataDir, "run/signer.sock"))).toBe(false);
  });

  it("says in one line why it cannot start", async () => {
    const child = start(path.join(folder, "data"), "ignore");
    await ready(child);
    const rival = start(path.join(folder, "data"), "ignore");
    let words = "";
    rival.stderr?.on("data", (chunk: Buffer) => (words += chunk.toString()));

    expect(await once(rival, "close")).toEqual([1, null]);

    expect(words.trim()).toMatch(/^Another signer already serves .*signer\.sock\. Stop it first/);
    child.kill("SIGTERM");
    await once(child, "exit");
  });
});
