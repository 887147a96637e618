/** Request header in which proxy.ts notes the path with its query; a client's own is overwritten. */
export const pathHeader = "x-quayside-path";

/**
 * Where to go after signing in: a path of this console and nothing else. What a browser could read
 * as another host (`//host`, `/\host`, a scheme, control characters) becomes the Overview.
 */
export function returnPath(wanted: string | null | undefined): string {
  if (wanted === null || wanted === undefined || wanted.length > 2000) return "/";
  if (!/^\/(?![/\\])[\u0021-\u007e]*$/.test(wanted) || wanted.includes("\\")) return "/";
  const url = new URL(wanted, "http://console.invalid");
  if (url.origin !== "http://console.invalid" || url.pathname.startsWith("//")) return "/";
  const path = url.pathname;
  if (/^\/(sign-in|setup|invite|api)(\/|$)/.test(path)) return "/";
  return `${path}${url.search}`;
}

/** Address of the sign-in page that leads back to `wanted`. */
export function signInPath(wanted: string | null | undefined): string {
  const next = returnPath(wanted);
  return next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`;
}
