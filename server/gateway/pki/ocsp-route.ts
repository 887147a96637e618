import { createHash } from "node:crypto";
import type { DeviceRequest } from "#server/gateway/https/device-request.ts";
import { cacheable, sentence, type PkiAnswer } from "#server/gateway/pki/answer.ts";
import type { OcspDesk, OcspReply } from "#server/gateway/pki/ocsp-desk.ts";

export type OcspRouteParts = {
  readonly desk: OcspDesk;
  readonly maxRequestBytes: number;
  /** Told of every answer. */
  readonly count: (status: OcspReply["statuses"][number]) => void;
  readonly now: () => Date;
};

const path = "/ocsp";
const type = "application/ocsp-response";
/** What caches may keep at most, seconds: something may be revoked at any time. */
const keepSeconds = 300;

/** OCSP over HTTP, by POST and by GET (RFC 6960 appendix A); undefined for other addresses. */
export async function answerOcsp(
  parts: OcspRouteParts,
  request: DeviceRequest,
): Promise<PkiAnswer | undefined> {
  const { method } = request;
  const isBelow = request.path.startsWith(`${path}/`);
  if (request.path !== path && !isBelow) return undefined;
  if (method === "POST") {
    const bytes = await request.body(parts.maxRequestBytes);
    return { ...plain(await answerBytes(parts, bytes)) };
  }
  if (method !== "GET" && method !== "HEAD") {
    return sentence(405, "Ask by POST or GET.", { allow: "GET, HEAD, POST" });
  }
  if (!isBelow) return sentence(400, "Send an OCSP request by POST, or after /ocsp/ in Base64.");
  const bytes = decodeAddress(request.path.slice(path.length + 1));
  const reply = await answerBytes(parts, bytes.subarray(0, parts.maxRequestBytes + 1));
  return reply.keep === undefined ? plain(reply) : kept(parts, reply, reply.keep, request);
}

async function answerBytes(parts: OcspRouteParts, bytes: Uint8Array): Promise<OcspReply> {
  const reply = await parts.desk.answer(bytes);
  for (const status of reply.statuses) parts.count(status);
  return reply;
}

/** What is not Base64 is no request either: the desk says so. */
function decodeAddress(text: string): Buffer {
  try {
    const base64 = decodeURIComponent(text);
    if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64)) return Buffer.alloc(0);
    return Buffer.from(base64, "base64");
  } catch {
    return Buffer.alloc(0);
  }
}

function plain({ body }: OcspReply): PkiAnswer {
  return { status: 200, headers: { "content-type": type, "cache-control": "no-store" }, body };
}

/** Headers of RFC 5019 §6.2. */
function kept(
  { now }: OcspRouteParts,
  { body }: OcspReply,
  { producedAt, nextUpdate }: NonNullable<OcspReply["keep"]>,
  { headers }: DeviceRequest,
): PkiAnswer {
  const left = (nextUpdate.getTime() - now().getTime()) / 1000;
  const answer = cacheable(
    {
      type,
      body,
      tag: createHash("sha256").update(body).digest("base64url").slice(0, 22),
      changedAt: producedAt,
      maxAgeSeconds: Math.min(keepSeconds, left),
    },
    { tag: headers["if-none-match"], since: headers["if-modified-since"] },
  );
  return { ...answer, headers: { ...answer.headers, expires: nextUpdate.toUTCString() } };
}
