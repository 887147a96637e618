/** `__Host-` binds a cookie to this host, this scheme and the path "/"; browsers want https for it. */
export function cookieName(publicUrl: string, name: "session" | "csrf" | "return"): string {
  return publicUrl.startsWith("https:") ? `__Host-quayside.${name}` : `quayside.${name}`;
}
