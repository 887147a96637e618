import { request as requestPlain, type IncomingMessage } from "node:http";
import { request } from "node:https";
import { isIP } from "node:net";
import type { Network } from "#server/services/webhook/public-network.ts";

/** The request was not made or got no answer; the message says why, without addresses. */
export class PostFailed extends Error {}

export type PostAnswer = { readonly status: number; readonly body: string };

const patienceMs = 10_000;
const longestAnswer = 262_144;

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "http:" ? 80 : 443;
}

/** The one address to which the connection goes, whatever the name says a moment later. */
async function pin(url: URL, network: Network): Promise<string> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = portOf(url);
  const addresses =
    isIP(host) === 0
      ? await network.resolve(host).catch(() => {
          throw new PostFailed(`The name ${host} does not resolve.`);
        })
      : [host];
  const address = addresses[0];
  if (address === undefined) throw new PostFailed(`The name ${host} does not resolve.`);
  if (network.trusts?.(url) === true) return address;
  // One private address among public ones is a trap as well.
  if (!addresses.every((each) => network.allows({ address: each, port }))) {
    throw new PostFailed(`${url.host} is no public address with the port 443.`);
  }
  return address;
}

async function readAnswer(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestAnswer) {
      response.destroy();
      throw new PostFailed(`The answer is longer than ${longestAnswer} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Sends JSON to an https address that a person has written: the name is resolved once, only public
 * addresses are connected to, redirects are not followed, and it takes ten seconds at most. A place
 * that the installation trusts (`network.trusts`) may be private, and without TLS.
 * @throws PostFailed
 */
export async function postJson(
  to: URL,
  message: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
  network: Network,
): Promise<PostAnswer> {
  const isPlain = to.protocol === "http:" && network.trusts?.(to) === true;
  if (!(to.protocol === "https:" || isPlain) || to.username !== "" || to.password !== "") {
    throw new PostFailed("The address must begin with https:// and name no user.");
  }
  const address = await pin(to, network);
  const host = to.hostname.replace(/^\[|\]$/g, "");
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = (isPlain ? requestPlain : request)(
        {
          host: address,
          port: portOf(to),
          path: to.pathname + to.search,
          method: "POST",
          agent: false,
          signal,
          // By this name the server is checked, not by the address.
          ...(isIP(host) === 0 && { servername: host }),
          ...(network.ca !== undefined && { ca: network.ca }),
          headers: {
            ...message.headers,
            host: to.host,
            "content-type": "application/json",
            "content-length": Buffer.byteLength(message.body),
          },
        },
        resolve,
      );
      sent.on("error", reject);
      sent.end(message.body);
    });
    return { status: response.statusCode ?? 0, body: await readAnswer(response) };
  } catch (error) {
    if (error instanceof PostFailed) throw error;
    throw new PostFailed(
      signal.aborted
        ? `${to.host} did not answer within ${patienceMs / 1000} seconds.`
        : `${to.host} cannot be reached${isPlain ? "" : " over TLS"}.`,
      { cause: error },
    );
  }
}
