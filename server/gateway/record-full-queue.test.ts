import { expect, test } from "vitest";
import { sessionKey, type Owner } from "#server/broker/publication.ts";
import { recordFullQueue } from "#server/gateway/record-full-queue.ts";
import type { Refusal, RefusedPeer } from "#server/gateway/refusal.ts";

test.each<[string, Owner, bigint | null]>([
  ["a device", { kind: "device", deviceKey: 42n }, 42n],
  ["a service client", { kind: "service", serviceClientId: "c0ffee" }, null],
])("a full queue is recorded under the client id of %s", (_, owner, deviceKey) => {
  const recorded: (RefusedPeer & Refusal)[] = [];
  const recorder = {
    record: (peer: RefusedPeer, refusal: Refusal) => {
      recorded.push({ ...peer, ...refusal });
    },
  };
  recordFullQueue(recorder, sessionKey(owner, "node:red:1"), "t");

  expect(recorded).toMatchObject([
    { claimedId: "node:red:1", tenantId: "t", deviceKey, cause: "quota" },
  ]);
});
