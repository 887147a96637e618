/** The headers by which a browser says where a request comes from. */
export type OriginFacts = {
  readonly origin: string | null;
  readonly secFetchSite: string | null;
  readonly host: string | null;
};

export type OriginVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: string };

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** PUBLIC_URL's origin, and this machine's own names when that is how the browser reached us. */
function expectedOrigins(publicUrl: string, host: string | null): readonly string[] {
  const { origin, protocol } = new URL(publicUrl);
  if (host === null || !URL.canParse(`${protocol}//${host}`)) return [origin];
  const own = new URL(`${protocol}//${host}`);
  return loopback.has(own.hostname) ? [origin, own.origin] : [origin];
}

/**
 * Whether a changing request that is authorised by a cookie may come from where it comes. A page of
 * another site cannot forge either header; a request with neither is no browser's and is refused.
 */
export function judgeOrigin(facts: OriginFacts, publicUrl: string): OriginVerdict {
  const { origin, secFetchSite, host } = facts;
  if (origin === null && secFetchSite === null) {
    return { allowed: false, reason: "The request does not say where it comes from." };
  }
  if (secFetchSite !== null && secFetchSite !== "same-origin" && secFetchSite !== "none") {
    return { allowed: false, reason: "The request comes from another site." };
  }
  if (origin === null) {
    return secFetchSite === "same-origin"
      ? { allowed: true }
      : { allowed: false, reason: "The request does not say where it comes from." };
  }
  if (expectedOrigins(publicUrl, host).includes(origin)) return { allowed: true };
  return {
    allowed: false,
    reason: `The request comes from another address than ${new URL(publicUrl).origin}. Open the console there, or set PUBLIC_URL to the address that browsers use.`,
  };
}

/** Reads the facts from a request's headers. */
export function originFacts(headers: Pick<Headers, "get">): OriginFacts {
  return {
    origin: headers.get("origin"),
    secFetchSite: headers.get("sec-fetch-site"),
    host: headers.get("host"),
  };
}
