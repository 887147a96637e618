import { describe, expect, test } from "vitest";
import { checkRevocation, type RevokedDevice } from "#e2e/chaos/check-revocation.ts";

const good: RevokedDevice = {
  deviceId: "pump-1",
  closedAfter: 300,
  returned: 0,
  verdict: "dead",
  checkedBy: ["one", "two"],
  audited: true,
};

describe("the checker of revocations", () => {
  test("is content when all are dead", () => {
    expect(checkRevocation([good, { ...good, deviceId: "pump-2" }], 2)).toEqual([]);
  });

  test.each<[string, Partial<RevokedDevice>]>([
    ["The session of pump-1 was never cut.", { closedAfter: undefined }],
    ["The session of pump-1 was cut after 5001 ms.", { closedAfter: 5_001 }],
    ["pump-1 came back 1 times.", { returned: 1 }],
    ["The proof of pump-1 says pending.", { verdict: "pending" }],
    ["1 of 2 workers have checked pump-1.", { checkedBy: ["one"] }],
    ["There is no audit event of pump-1.", { audited: false }],
  ])("sees: %s", (sentence, fault) => {
    expect(checkRevocation([{ ...good, ...fault }], 2)).toEqual([sentence]);
  });
});
