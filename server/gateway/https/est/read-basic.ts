import { isDeviceId } from "#server/domain/device-id.ts";

/** What RFC 7617 carries. */
export type BasicCredentials = {
  /** Empty where it is no device's id: somebody may have put the secret there. */
  readonly userName: string;
  readonly password: string;
};

/** How enrolment secrets and tickets begin. */
const secretPrefixes = ["qse_", "qst_"] as const;

const longest = 1_024;

/** Reads an Authorization header; undefined when it is none, of another scheme, or malformed. */
export function readBasic(header: string | undefined): BasicCredentials | undefined {
  const [, base64 = ""] = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? "") ?? [];
  if (base64 === "" || base64.length > longest) return undefined;
  const text = Buffer.from(base64, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  const userName = text.slice(0, colon);
  const isName =
    isDeviceId(userName) && !secretPrefixes.some((prefix) => userName.startsWith(prefix));
  return { userName: isName ? userName : "", password: text.slice(colon + 1) };
}
