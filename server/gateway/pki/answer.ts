/** What a request on the PKI port is answered with. */
export type PkiAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/** A sentence for a person. */
export function sentence(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): PkiAnswer {
  return {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      ...headers,
    },
    body: Buffer.from(`${text}\n`),
  };
}

/** Bytes that may be kept for a while and asked for again. */
export type Cacheable = {
  readonly type: string;
  readonly body: Uint8Array;
  /** Changes with the bytes; without quotes. */
  readonly tag: string;
  readonly changedAt: Date;
  readonly maxAgeSeconds: number;
};

/**
 * The bytes, or that they are what the client has already (RFC 9110 §13.1).
 * @param asked If-None-Match, If-Modified-Since
 */
export function cacheable(
  { type, body, tag, changedAt, maxAgeSeconds }: Cacheable,
  asked: { readonly tag: string | undefined; readonly since: string | undefined },
): PkiAnswer {
  const headers = {
    "content-type": type,
    "cache-control": `public, max-age=${Math.max(0, Math.floor(maxAgeSeconds))}, must-revalidate`,
    etag: `"${tag}"`,
    "last-modified": changedAt.toUTCString(),
  };
  return isKnown({ tag, changedAt }, asked)
    ? { status: 304, headers, body: Buffer.alloc(0) }
    : { status: 200, headers, body };
}

function isKnown(
  { tag, changedAt }: Pick<Cacheable, "tag" | "changedAt">,
  asked: { readonly tag: string | undefined; readonly since: string | undefined },
): boolean {
  if (asked.tag !== undefined) {
    const tags = asked.tag.split(",").map((each) => each.trim().replace(/^W\//, ""));
    return tags.includes(`"${tag}"`) || tags.includes("*");
  }
  const since = asked.since === undefined ? Number.NaN : Date.parse(asked.since);
  return Math.floor(changedAt.getTime() / 1000) * 1000 <= since;
}
