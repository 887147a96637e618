import { describe, expect, it } from "vitest";
import {
  judgeReadiness,
  type ReadinessFacts,
  type ReadinessState,
} from "#server/domain/readiness.ts";

const now = new Date("2026-11-23T12:00:00.000Z");
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString();

const good = {
  workers: 1,
  failedJobs: [],
  tls: {
    probe: { finishedAt: inDays(-1), cells: 40, wrong: 0, error: "" },
    certificateEndsAt: inDays(60),
  },
  authorities: { issuingEndsAt: inDays(900), lists: { current: 2, late: 0, expired: 0 } },
} satisfies ReadinessFacts;

type Id = ReturnType<typeof judgeReadiness>[number]["id"];

describe("readiness", () => {
  it.each<[string, ReadinessFacts, Id, ReadinessState]>([
    ["a worker runs", good, "workers", "ok"],
    ["no worker runs", { ...good, workers: 0 }, "workers", "bad"],
    ["a job failed", { ...good, failedJobs: ["crl.publish"] }, "jobs", "warn"],
    ["every answer was right", good, "listeners", "ok"],
    ["nobody has looked", { ...good, tls: { ...good.tls, probe: null } }, "listeners", "unknown"],
    [
      "the last look is two days old",
      { ...good, tls: { ...good.tls, probe: { ...good.tls.probe, finishedAt: inDays(-2.1) } } },
      "listeners",
      "warn",
    ],
    [
      "an answer was wrong",
      { ...good, tls: { ...good.tls, probe: { ...good.tls.probe, wrong: 1 } } },
      "listeners",
      "bad",
    ],
    [
      "the look came to grief",
      { ...good, tls: { ...good.tls, probe: { ...good.tls.probe, error: "refused" } } },
      "listeners",
      "warn",
    ],
    ["it lasts", good, "server-certificate", "ok"],
    [
      "it ends within a week",
      { ...good, tls: { ...good.tls, certificateEndsAt: inDays(6) } },
      "server-certificate",
      "warn",
    ],
    [
      "it has ended",
      { ...good, tls: { ...good.tls, certificateEndsAt: inDays(-1) } },
      "server-certificate",
      "bad",
    ],
    [
      "the CA ends within 90 days",
      { ...good, authorities: { ...good.authorities, issuingEndsAt: inDays(80) } },
      "issuing-ca",
      "warn",
    ],
    [
      "the CA ends within 30 days",
      { ...good, authorities: { ...good.authorities, issuingEndsAt: inDays(20) } },
      "issuing-ca",
      "bad",
    ],
    ["lists are current", good, "revocation-lists", "ok"],
    [
      "a list is late",
      { ...good, authorities: { ...good.authorities, lists: { current: 1, late: 1, expired: 0 } } },
      "revocation-lists",
      "warn",
    ],
    [
      "a list has expired",
      { ...good, authorities: { ...good.authorities, lists: { current: 1, late: 1, expired: 1 } } },
      "revocation-lists",
      "bad",
    ],
    [
      "there is no list yet",
      { ...good, authorities: { ...good.authorities, lists: { current: 0, late: 0, expired: 0 } } },
      "revocation-lists",
      "unknown",
    ],
  ])("%s: %#", (_, facts, id, state) => {
    const item = judgeReadiness(facts, now).find((each) => each.id === id);
    expect(item?.state).toBe(state);
  });

  it("tells nothing of what the reader may not see", () => {
    const items = judgeReadiness({ workers: 1, failedJobs: [] }, now);
    expect(items.map(({ id }) => id)).toEqual(["workers", "jobs"]);
  });
});
