import { describe, expect, it } from "vitest";
import { stepRank, type Finding, type Observation } from "#server/domain/alert.ts";
import {
  certificateEnding,
  authorityEnding,
  claimEnding,
  customerCaEnding,
  renewalOverdue,
  serverCertificateEnding,
  trustAnchorEnding,
} from "#server/domain/alert-rules.ts";
import { clockOff, rootOnline } from "#server/domain/alert-rules-seen.ts";
import { reconcileAlerts, type StandingAlert } from "#server/domain/reconcile-alerts.ts";

const dayMs = 86_400_000;
const start = new Date("2026-01-01T00:00:00Z");
const day = (count: number): Date => new Date(start.getTime() + count * dayMs);
const tenantId = "t";

type Told = readonly [day: number, kind: string, rule: string, step: string];

/** Alerts as the database keeps them, in memory. */
function keep(now: () => number) {
  const standing = new Map<string, StandingAlert>();
  const told: Told[] = [];
  const textOf = ({ rule, subject }: Finding) => `${rule}:${subject.id}`;
  return {
    told,
    standing,
    evaluate(observations: readonly Observation[]) {
      const verdict = reconcileAlerts({
        observations,
        standing: [...standing.values()],
        settled: [],
        looked: new Set(observations.map(({ key }) => key.rule).concat("certificate-ending")),
        now: day(now()),
      });
      for (const finding of verdict.raise) {
        const { rule, step, subject } = finding;
        const id = textOf(finding);
        const lastAt = finding.seenAt ?? day(now());
        standing.set(id, {
          id,
          tenantId,
          rule,
          step,
          lastAt,
          subjectKind: subject.kind,
          subjectId: subject.id,
        });
        told.push([now(), "fired", rule, step]);
      }
      for (const { id, finding } of verdict.escalate) {
        const alert = standing.get(id);
        if (alert === undefined) throw new Error(id);
        standing.set(id, { ...alert, step: finding.step });
        told.push([now(), "escalated", finding.rule, finding.step]);
      }
      for (const alert of verdict.resolve) {
        standing.delete(alert.id);
        told.push([now(), "resolved", alert.rule, alert.step]);
      }
    },
  };
}

const certificate = (endsOn: number, life = 90) => ({
  tenantId,
  id: `c${endsOn}`,
  deviceId: "pump-17",
  deviceUuid: "6a8b2c46-0000-4000-8000-000000000001",
  deviceName: "Pump 17",
  profileName: "Pumps",
  notBefore: day(endsOn - life),
  notAfter: day(endsOn),
  renewalDueAt: day(endsOn - life / 3),
});
const thing = (notAfter: Date) => ({ tenantId, id: "x", name: "X", notAfter });

const alertDays = [30, 14, 7, 1];
const afterSteps = (end: number, days: readonly number[]) =>
  [...days, 0].map((each) => [end - each, each === 0 ? "expired" : String(each)] as const);

describe("with a fake clock every alert fires on its day and once", () => {
  it.each([
    [
      "a certificate that people renew",
      (now: Date) => certificateEnding(certificate(200), alertDays, now),
      afterSteps(200, alertDays),
    ],
    [
      "one of a profile with days of its own",
      (now: Date) => certificateEnding(certificate(200), [60, 3], now),
      afterSteps(200, [60, 3]),
    ],
    [
      "one that its device renews",
      (now: Date) => renewalOverdue(certificate(200), now),
      [
        [179, "overdue"],
        [185, "critical"],
        [200, "expired"],
      ] as const,
    ],
    [
      "a CA",
      (now: Date) => authorityEnding(thing(day(364)), now),
      afterSteps(364, [364, 180, 90, 30]).map(
        ([on, step]) => [on, step === "364" ? "365" : step] as const,
      ),
    ],
    [
      "a customer's CA",
      (now: Date) => customerCaEnding(thing(day(200)), now),
      [[0, "365"] as const, ...afterSteps(200, [180, 90, 30])],
    ],
    [
      "a root in firmware",
      (now: Date) => trustAnchorEnding(thing(day(120)), now),
      [[0, "180"] as const, ...afterSteps(120, [90, 30])],
    ],
    [
      "a claim certificate",
      (now: Date) => claimEnding(thing(day(100)), now),
      afterSteps(100, [14, 7, 1]),
    ],
    [
      "the listeners' own file",
      (now: Date) => serverCertificateEnding({ ...thing(day(100)), source: "file" }, now),
      afterSteps(100, [30, 14, 7, 1]),
    ],
    [
      "the listeners' certificate that renews itself",
      (now: Date) => serverCertificateEnding({ ...thing(day(100)), source: "acme" }, now),
      afterSteps(100, [14, 7, 1]),
    ],
    [
      "a root whose key is online",
      (now: Date) => rootOnline({ tenantId, sha256: "ab", name: "Root", since: start }, now),
      [[30, ""]] as const,
    ],
  ])("%s", (_, look, expected) => {
    let today = 0;
    const kept = keep(() => today);
    for (; today <= 365; today += 1) kept.evaluate([look(day(today))]);
    expect(kept.told.map(([on, , , step]) => [on, step])).toEqual(expected);
    expect(kept.told.map(([, kind]) => kind)).toEqual(
      expected.map((__, index) => (index === 0 ? "fired" : "escalated")),
    );
  });
});

describe("an alert", () => {
  const look = (today: number) => certificateEnding(certificate(200), alertDays, day(today));

  it("fires as the latest step only, once, when the product was off", () => {
    let today = 100;
    const kept = keep(() => today);
    kept.evaluate([look(today)]);
    today = 194;
    kept.evaluate([look(today)]);
    kept.evaluate([look(today)]);
    expect(kept.told).toEqual([[194, "fired", "certificate-ending", "7"]]);
  });

  it("is not told twice when the clock goes back", () => {
    let today = 170;
    const kept = keep(() => today);
    for (today of [170, 169.9, 168.5, 170, 186, 185.9, 186]) kept.evaluate([look(today)]);
    expect(kept.told.map(([, kind, , step]) => [kind, step])).toEqual([
      ["fired", "30"],
      ["escalated", "14"],
    ]);
  });

  it("ends when its cause is gone, and fires anew for the next one", () => {
    let today = 175;
    const kept = keep(() => today);
    kept.evaluate([look(today)]);
    kept.evaluate([]);
    today = 180;
    kept.evaluate([look(today)]);
    expect(kept.told.map(([, kind]) => kind)).toEqual(["fired", "resolved", "fired"]);
  });

  it("stays when its rule could not look", () => {
    const standing: StandingAlert = {
      id: "1",
      tenantId,
      rule: "shared-key",
      subjectKind: "key",
      subjectId: "ab",
      step: "",
      lastAt: start,
    };
    const at = { observations: [], standing: [standing], settled: [], now: day(1) };
    expect(reconcileAlerts({ ...at, looked: new Set() }).resolve).toEqual([]);
    expect(reconcileAlerts({ ...at, looked: new Set(["shared-key"]) }).resolve).toEqual([standing]);
  });

  it("of what comes and goes ends after its quiet time, and fires only for something newer", () => {
    const seen = (at: Date) =>
      clockOff({ tenantId, deviceId: "pump-17", remote: "10.0.0.1", count: 3, lastAt: at });
    const observation = seen(day(1));
    if (observation?.finding === undefined) throw new Error("It was not seen.");
    const { key } = observation;
    const standing = { ...key, id: "1", step: "", lastAt: day(1) };
    const at = { settled: [], looked: new Set(["clock-off"] as const) };
    const after = (now: number, observations: readonly Observation[] = []) =>
      reconcileAlerts({ ...at, observations, standing: [standing], now: day(now) });

    expect(after(1.5).resolve).toEqual([]);
    expect(after(2).resolve).toEqual([standing]);
    const again = seen(day(1.2));
    expect(after(1.2, again === undefined ? [] : [again]).touch).toMatchObject([{ id: "1" }]);

    const settled = [{ ...key, resolvedAt: day(1.1) }];
    const raisedOf = (lastAt: Date) => {
      const each = seen(lastAt);
      const observations = each === undefined ? [] : [each];
      return reconcileAlerts({ ...at, observations, standing: [], settled, now: day(2) }).raise;
    };
    expect(raisedOf(day(1))).toEqual([]);
    expect(raisedOf(day(1.5))).toHaveLength(1);
  });

  it("is told once of two observations of one subject", () => {
    const verdict = reconcileAlerts({
      observations: [look(175), look(175)],
      standing: [],
      settled: [],
      looked: new Set(),
      now: day(175),
    });
    expect(verdict.raise).toHaveLength(1);
  });
});

describe("steps", () => {
  it("come in their order", () => {
    const order = ["365", "180", "30", "14", "7", "1", "expired"];
    expect(order.toSorted((a, b) => stepRank(a) - stepRank(b))).toEqual(order);
    expect(["overdue", "critical", "expired"].map(stepRank)).toEqual([1, 2, 10_000]);
  });
});
