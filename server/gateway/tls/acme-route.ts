import type { PkiRoute } from "#server/gateway/pki/open-pki-port.ts";
import { answerAcmeChallenge } from "#server/pki/acme-challenges.ts";

/** Answers http-01 challenges (RFC 8555 §8.3) on the plain port, whichever worker is asked. */
export function createAcmeRoute(dataDir: string): PkiRoute {
  return async ({ method, path }) => {
    if (method !== "GET" && method !== "HEAD") return undefined;
    const answer = await answerAcmeChallenge(dataDir, path);
    if (answer === undefined) return undefined;
    return {
      status: 200,
      headers: { "content-type": "application/octet-stream", "cache-control": "no-store" },
      body: Buffer.from(answer),
    };
  };
}
