import "server-only";
import { headers } from "next/headers";
import { clientAddress } from "#server/web/client-address.ts";
import { requestIdOf } from "#server/web/request-id.ts";

/** What every audit event says about the request. */
export type RequestFacts = {
  readonly requestId: string;
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
};

/** The same of any set of headers. */
export function factsOf(list: Headers): RequestFacts {
  return {
    requestId: requestIdOf(list),
    ip: clientAddress(list.get("x-forwarded-for")),
    userAgent: list.get("user-agent")?.slice(0, 300),
  };
}

/** Of the request that is being rendered or acted upon. */
export async function requestFacts(): Promise<RequestFacts> {
  return factsOf(await headers());
}
