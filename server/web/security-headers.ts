/** What decides the headers of a response. */
export type HeaderFacts = {
  readonly nonce: string;
  /** Browsers reach the console by https. */
  readonly https: boolean;
  /** React's development build needs eval and inline styles. */
  readonly development: boolean;
};

/** Content Security Policy 3: scripts and style sheets by nonce, nothing from elsewhere, no frames. */
export function contentSecurityPolicy({ nonce, https, development }: HeaderFacts): string {
  const once = `'nonce-${nonce}'`;
  return [
    "default-src 'self'",
    `script-src 'self' ${once} 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${development ? "'unsafe-inline'" : once}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(https ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}

const unusedFeatures = [
  "accelerometer",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "serial",
  "usb",
];

/** Every response has these, whatever answers. */
export function securityHeaders(facts: HeaderFacts): Readonly<Record<string, string>> {
  return {
    "content-security-policy": contentSecurityPolicy(facts),
    "x-content-type-options": "nosniff",
    // Not no-referrer: with it browsers send "Origin: null" where our own check needs the origin.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": unusedFeatures.map((name) => `${name}=()`).join(", "),
    ...(facts.https ? { "strict-transport-security": "max-age=31536000; includeSubDomains" } : {}),
  };
}

/** Request headers that only we may set: a client's own are dropped before anything reads them. */
const reserved = [
  "content-security-policy",
  "content-security-policy-report-only",
  "x-nonce",
  "x-quayside-path",
  "x-request-id",
] as const;

/** The request's headers as the pages see them. Next takes the nonce out of the policy. */
export function forwardedHeaders(
  incoming: Headers,
  own: {
    readonly policy: string;
    readonly nonce: string;
    readonly requestId: string;
    readonly path: string;
  },
): Headers {
  const headers = new Headers(incoming);
  for (const name of reserved) headers.delete(name);
  headers.set("content-security-policy", own.policy);
  headers.set("x-nonce", own.nonce);
  headers.set("x-request-id", own.requestId);
  headers.set("x-quayside-path", own.path);
  return headers;
}
