import { AsyncLocalStorage } from "node:async_hooks";
import type { ServerResponse } from "node:http";

// Kept on globalThis: the console's program has this module, and what Next bundles another.
const kept = globalThis as typeof globalThis & {
  quaysideResponses?: AsyncLocalStorage<ServerResponse>;
};
kept.quaysideResponses ??= new AsyncLocalStorage<ServerResponse>();
const responses = kept.quaysideResponses;

/** Answers a request such that its handler can ask for Node's own response. */
export function withRawResponse<T>(response: ServerResponse, work: () => T): T {
  return responses.run(response, work);
}

/** Node's response to the request that is being answered; undefined outside of our own server. */
export function rawResponse(): ServerResponse | undefined {
  return responses.getStore();
}
