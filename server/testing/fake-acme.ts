import "reflect-metadata";
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Pkcs10CertificateRequest, X509CertificateGenerator } from "@peculiar/x509";
import { encodePem } from "#server/pki/pem.ts";

type Jwk = Readonly<Record<"crv" | "kty" | "x" | "y", string>>;
type Asked = { readonly jwk: Jwk | undefined; readonly payload: Record<string, unknown> };
type Challenge = { readonly domain: string; readonly token: string; status: string };

/** What of RFC 8555 a client needs: one account, one order at a time, http-01. */
export type FakeAcme = {
  readonly directoryUrl: string;
  /** Certificates made so far. */
  readonly issued: string[];
  /** Refuses orders while it is a text, with that text. */
  trouble: string | undefined;
  /** Life of what it issues. */
  days: number;
  stop(): void;
};

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const subjectAltName = "2.5.29.17";
const dayMs = 86_400_000;

function decode(part: unknown): Record<string, unknown> {
  const json = Buffer.from(String(part), "base64url").toString("utf8");
  return json === "" ? {} : (JSON.parse(json) as Record<string, unknown>);
}

/** RFC 7638 */
function thumbprint({ crv, kty, x, y }: Jwk): string {
  const canonical = JSON.stringify({ crv, kty, x, y });
  return createHash("sha256").update(canonical).digest("base64url");
}

async function issue(csrBase64: string, days: number): Promise<string> {
  const csr = new Pkcs10CertificateRequest(Buffer.from(csrBase64, "base64url"));
  const ca = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: `40${randomBytes(8).toString("hex")}`,
    subject: csr.subject === "" ? "CN=acme" : csr.subject,
    issuer: "CN=Fake ACME CA",
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + days * dayMs),
    signingAlgorithm: algorithm,
    publicKey: csr.publicKey,
    signingKey: ca.privateKey,
    extensions: csr.extensions.filter(({ type }) => type === subjectAltName),
  });
  return encodePem("CERTIFICATE", new Uint8Array(certificate.rawData));
}

/**
 * An ACME server on loopback. It looks for the answer of each challenge as a real one does.
 * @param visit what is served at a path of port 80 of the domain
 */
export async function startFakeAcme(
  visit: (domain: string, path: string) => Promise<string | undefined>,
): Promise<FakeAcme> {
  const challenges: Challenge[] = [];
  const state = { print: "", chain: "" };
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      response.writeHead(400, { "content-type": "application/problem+json" });
      response.end(JSON.stringify({ type: "about:blank", detail: String(error) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeAcme = {
    directoryUrl: `${base}/directory`,
    issued: [],
    trouble: undefined,
    days: 90,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };

  const order = () => ({
    status: state.chain === "" ? "ready" : "valid",
    identifiers: challenges.map(({ domain }) => ({ type: "dns", value: domain })),
    authorizations: challenges.map((_, index) => `${base}/authz/${index}`),
    finalize: `${base}/finalize`,
    ...(state.chain === "" ? {} : { certificate: `${base}/certificate` }),
  });
  const challenge = (index: number) => {
    const { token, status } = challenges[index] ?? { token: "", status: "invalid" };
    return { type: "http-01", url: `${base}/challenge/${index}`, token, status };
  };
  const routes: Readonly<Record<string, (at: Asked, index: number) => Promise<unknown>>> = {
    account: async ({ jwk }) => {
      if (jwk !== undefined) state.print = thumbprint(jwk);
      return { status: "valid" };
    },
    order: async ({ payload }) => {
      if (fake.trouble !== undefined) throw new Error(fake.trouble);
      const wanted = (payload["identifiers"] ?? []) as readonly { readonly value: string }[];
      state.chain = "";
      challenges.splice(0, challenges.length);
      for (const { value: domain } of wanted) {
        challenges.push({
          domain,
          token: randomBytes(16).toString("base64url"),
          status: "pending",
        });
      }
      return order();
    },
    authz: async (_, index) => ({
      status: challenge(index).status,
      identifier: { type: "dns", value: challenges[index]?.domain },
      challenges: [challenge(index)],
    }),
    challenge: async (_, index) => {
      const asked = challenges[index];
      if (asked?.status === "pending") {
        const seen = await visit(asked.domain, `/.well-known/acme-challenge/${asked.token}`);
        asked.status = seen === `${asked.token}.${state.print}` ? "valid" : "invalid";
      }
      return challenge(index);
    },
    finalize: async ({ payload }) => {
      state.chain = await issue(String(payload["csr"]), fake.days);
      fake.issued.push(state.chain);
      return order();
    },
    certificate: async () => state.chain,
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, name = "", index = "0"] = (request.url ?? "").split("/");
    const headers = { "replay-nonce": randomBytes(16).toString("base64url") };
    if (name === "directory") {
      response.end(
        JSON.stringify({
          newNonce: `${base}/nonce`,
          newAccount: `${base}/account`,
          newOrder: `${base}/order`,
        }),
      );
      return;
    }
    const body = await text(request);
    if (name === "nonce") {
      response.writeHead(200, headers).end();
      return;
    }
    const jws = JSON.parse(body) as Record<string, unknown>;
    const jwk = decode(jws["protected"])["jwk"] as Jwk | undefined;
    const value = await routes[name]?.({ jwk, payload: decode(jws["payload"]) }, Number(index));
    const location = `${base}/${name}/1`;
    response.writeHead(name === "account" || name === "order" ? 201 : 200, {
      ...headers,
      location,
    });
    response.end(typeof value === "string" ? value : JSON.stringify(value));
  }

  return fake;
}
