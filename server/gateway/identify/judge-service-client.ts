import { timingSafeEqual } from "node:crypto";
import type { ServicePrincipal } from "#server/gateway/identify/principal.ts";
import type { ServiceClientRecord } from "#server/gateway/identify/registry.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";

/** User name and password of a service client as presented; the password itself is not kept. */
export type PresentedServiceClient = {
  readonly username: string;
  /** SHA-256 of the password. */
  readonly hash: Buffer;
};

export type ServiceJudgement =
  | {
      readonly principal: ServicePrincipal;
      /** The password that was shown. */
      readonly passwordId: string;
      readonly refusal?: undefined;
    }
  | { readonly refusal: Refusal; readonly principal?: undefined };

/** Decides on a service client: it has that password, and is active. */
export function judgeServiceClient(
  record: ServiceClientRecord | undefined,
  presented: PresentedServiceClient,
): ServiceJudgement {
  const name = quoted(presented.username);
  if (record === undefined) {
    return {
      refusal: {
        cause: "unknown-service-client",
        detail: `There is no service client ${name}.`,
        remedy:
          "Create it on the page of service clients, or correct the user name: the client's short name, @, the organisation's.",
      },
    };
  }
  // All are compared, so that the time tells nothing about which one was near.
  const matching = record.passwords.filter(
    ({ hash }) => hash.length === presented.hash.length && timingSafeEqual(hash, presented.hash),
  );
  const [password] = matching;
  if (password === undefined) {
    return {
      refusal: {
        cause: "bad-credentials",
        detail: `The password that was presented for the service client ${name} is wrong or was revoked.`,
        remedy: `Make a new password for ${name} on the page of service clients.`,
      },
    };
  }
  if (record.state === "suspended") {
    return {
      refusal: {
        cause: "service-client-suspended",
        detail: `The service client ${name} is suspended.`,
        remedy: "Resume it on the page of service clients.",
      },
    };
  }
  return { principal: record.principal, passwordId: password.id };
}
