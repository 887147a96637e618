import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readBasic } from "#server/gateway/https/est/read-basic.ts";
import { readCsr } from "#server/gateway/https/est/read-csr.ts";
import { readEstPath } from "#server/gateway/https/est/path.ts";
import { decodePem } from "#server/pki/pem.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";
import { startTestHttps, type TestHttps } from "#server/testing/test-https.ts";

let at: TestHttps;
beforeAll(async () => {
  at = await startTestHttps({
    headersTimeoutMs: 600,
    requestTimeoutMs: 900,
    idleTimeoutMs: 500,
    maxHeaderBytes: 8_192,
  });
});
afterAll(() => at.stop());

/** Everything that the server says on the connection until it closes it. */
async function said(socket: TLSSocket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  if (!socket.closed) await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

async function exchange(bytes: string | Buffer): Promise<string> {
  const socket = await at.open();
  const answer = said(socket);
  socket.write(bytes);
  return answer;
}

const alive = async () => (await at.send({ path: "/.well-known/est/cacerts" })).status;

describe("what a connection may do", () => {
  test("requests in a row on one connection are answered in order", async () => {
    const answer = await exchange(
      [
        "GET /.well-known/est/cacerts HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /.well-known/est/csrattrs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      ].join(""),
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([
      "HTTP/1.1 200",
      "HTTP/1.1 404",
      "HTTP/1.1 200",
    ]);
  });

  test.each([
    [
      "a body that never ends",
      "POST /.well-known/est/simpleenroll HTTP/1.1\r\nHost: a\r\nContent-Type: application/pkcs10\r\nAuthorization: Basic eDp5\r\nContent-Length: 100\r\n\r\nMIIB",
      /^HTTP\/1\.1 (401|408)/,
    ],
    ["a header that never ends", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ", /^HTTP\/1\.1 408/],
    [
      "a header too long",
      `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${"a".repeat(9_000)}\r\n\r\n`,
      /^HTTP\/1\.1 431/,
    ],
    ["no HTTP", "\u0000\u0001\u0002\r\n\r\n", /^HTTP\/1\.1 400/],
    [
      "an MQTT CONNECT",
      Buffer.from("101000044d5154540402003c000474657374", "hex"),
      /^HTTP\/1\.1 400/,
    ],
    [
      "two lengths",
      "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      /^HTTP\/1\.1 400/,
    ],
    [
      "length and chunks",
      "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      /^HTTP\/1\.1 400/,
    ],
    ["HTTP/1.1 without Host", "GET / HTTP/1.1\r\n\r\n", /^HTTP\/1\.1 400/],
  ])("%s ends with a status", async (_, bytes, expected) => {
    expect(await exchange(bytes)).toMatch(expected);
    expect(await alive()).toBe(200);
  });

  test("a connection that says nothing is closed", async () => {
    const socket = await at.open();
    expect(await said(socket)).toMatch(/^(HTTP\/1\.1 408|$)/);
  });

  test("a client without TLS is recorded with what helps", async () => {
    const socket = connectTcp(at.https.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(socket, "close");
    await expect
      .poll(() => at.refused.some(({ detail }) => detail.includes("without TLS")))
      .toBe(true);
    expect(at.refused.every(({ peer }) => peer.transport === "https")).toBe(true);
  });

  test("a device whose clock says 1970 is recorded with what helps", async () => {
    const server = ["-connect", `127.0.0.1:${at.https.port}`, "-CAfile", at.rootFile];
    const clock = ["-attime", "86400", "-verify_return_error"];
    const client = spawn("openssl", ["s_client", ...server, ...clock]);
    client.stdin.end();
    await once(client, "close");
    await expect.poll(() => at.refused.some(({ remedy }) => remedy.includes("1970"))).toBe(true);
  });

  test("only HTTP/1.1 is spoken", async () => {
    const socket = connect({
      host: "127.0.0.1",
      port: at.https.port,
      ca: at.tls.ca,
      ALPNProtocols: ["h2"],
    });
    socket.on("error", () => undefined);
    await new Promise((resolve) => socket.once("close", resolve));
    await expect
      .poll(() => at.refused.some(({ detail }) => detail.includes("HTTP/1.1")))
      .toBe(true);
  });
});

describe("bounds", () => {
  test("connections beyond the limit are cut and recorded; the place is given back", async () => {
    const narrow = await startTestHttps({
      maxConnections: 2,
      idleTimeoutMs: 5_000,
      headersTimeoutMs: 5_000,
    });
    const held = [await narrow.open(), await narrow.open()];
    await expect(narrow.send()).rejects.toThrow(/socket|ECONNRESET/);
    expect(narrow.refused).toContainEqual(
      expect.objectContaining({ cause: "too-many-connections" }),
    );
    for (const socket of held) socket.destroy();
    await sleep(50);
    expect((await narrow.send()).status).toBe(404);
    await narrow.stop();
  });

  test("the certificate can be replaced while connections are open", async () => {
    const other = await startTestHttps();
    const before = await at.open();
    at.https.reloadTls(other.tls);
    const fresh = connect({ host: "127.0.0.1", port: at.https.port, ca: other.tls.ca });
    await once(fresh, "secureConnect");
    expect(fresh.authorized).toBe(true);
    fresh.destroy();
    const answer = said(before);
    before.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(await answer).toMatch(/^HTTP\/1\.1 404/);
    at.https.reloadTls(at.tls);
    await other.stop();
  });
});

describe("whatever strangers send", () => {
  test("any bytes are a request or a sentence", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        const { csrPem, problem } = readCsr(Buffer.from(bytes));
        expect(csrPem === undefined).toBe(problem !== undefined);
      }),
      { numRuns: 500 },
    );
  });

  test("any base64 is a request or a sentence", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 1_000 }), (bytes) => {
        const der = Buffer.concat([Buffer.from([0x30, 0x82]), bytes]);
        const { csrPem, problem } = readCsr(Buffer.from(der.toString("base64")));
        expect(csrPem === undefined).toBe(problem !== undefined);
      }),
      { numRuns: 500 },
    );
  });

  test("a request with any byte changed is a request or a sentence", async () => {
    const { csrPem: pem } = await makeRequest({ commonName: "pump-1", greedy: true });
    const der = Buffer.from(decodePem(pem, ["CERTIFICATE REQUEST"])!);
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.nat(255), (place, byte) => {
        const changed = Buffer.from(der);
        changed[place] = byte;
        const { csrPem, problem } = readCsr(Buffer.from(changed.toString("base64")));
        expect(csrPem === undefined).toBe(problem !== undefined);
      }),
      { numRuns: 1_000 },
    );
  });

  test("any header is credentials or none", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300 }),
        fc.base64String({ maxLength: 300 }),
        (text, base64) => {
          const found = [readBasic(text), readBasic(`Basic ${base64}`)];
          expect(found.every((basic) => basic === undefined || "password" in basic)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("any path has a label of plain characters, or none", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const path = readEstPath(`/.well-known/est/${text}/cacerts`);
        expect(path?.label ?? "none").toMatch(/^[A-Za-z0-9._~-]+$/);
      }),
      { numRuns: 500 },
    );
  });

  test("any bytes on a connection leave the others alone", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), async (bytes) => {
        const socket = await at.open();
        const answer = said(socket);
        socket.end(bytes);
        expect(await answer).toMatch(/^$|^HTTP\/1\.1 [45]\d\d /);
      }),
      { numRuns: 40 },
    );
    expect(await alive()).toBe(200);
  });
});
