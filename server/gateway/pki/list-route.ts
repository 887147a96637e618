import { createHash } from "node:crypto";
import type { DeviceRequest } from "#server/gateway/https/device-request.ts";
import { cacheable, sentence, type PkiAnswer } from "#server/gateway/pki/answer.ts";
import type { Authorities } from "#server/gateway/pki/authorities.ts";
import type { ListStore } from "#server/gateway/pki/lists.ts";
import { decodePem } from "#server/pki/pem.ts";

/** What caches may keep at most, seconds: a list is made anew as soon as something is revoked. */
const listSeconds = 300;
const certificateSeconds = 86_400;

const listPath = /^\/crl\/([0-9a-f]{64})(-delta)?\.crl$/;
const certificatePath = /^\/ca\/([0-9a-f]{64})\.cer$/;

export type ListParts = {
  readonly authorities: Authorities;
  readonly lists: ListStore;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/** Lists and CA certificates, at the addresses that certificates carry; undefined for others. */
export async function answerList(
  parts: ListParts,
  { method, path, headers }: Pick<DeviceRequest, "method" | "path" | "headers">,
): Promise<PkiAnswer | undefined> {
  const list = listPath.exec(path);
  const certificate = certificatePath.exec(path);
  const sha256 = list?.[1] ?? certificate?.[1];
  if (sha256 === undefined) return undefined;
  if (method !== "GET" && method !== "HEAD") {
    return sentence(405, "This can be read, and nothing else.", { allow: "GET, HEAD" });
  }
  const asked = { tag: headers["if-none-match"], since: headers["if-modified-since"] };
  const authority = (await parts.authorities.all()).find((each) => each.sha256 === sha256);
  if (authority === undefined) return nothing();
  if (list === null) {
    const body = decodePem(authority.pem, ["CERTIFICATE"]) ?? new Uint8Array();
    const changedAt = new Date(0);
    const type = "application/pkix-cert";
    const found = { type, body, tag: sha256, changedAt, maxAgeSeconds: certificateSeconds };
    return cacheable(found, asked);
  }
  const found = await parts.lists.newest(sha256, list[2] === undefined ? "full" : "delta");
  if (found === undefined) return nothing();
  const left = (found.nextUpdate.getTime() - parts.now()) / 1000;
  return cacheable(
    {
      type: "application/pkix-crl",
      body: found.der,
      tag: tagOf(found.der),
      changedAt: found.createdAt,
      maxAgeSeconds: Math.min(listSeconds, left),
    },
    asked,
  );
}

const tags = new WeakMap<Uint8Array, string>();

/** A hash of the bytes: a number may come twice where a database was put back. */
function tagOf(bytes: Uint8Array): string {
  const known = tags.get(bytes);
  if (known !== undefined) return known;
  const tag = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  tags.set(bytes, tag);
  return tag;
}

function nothing(): PkiAnswer {
  return sentence(404, "There is nothing at this address.");
}
