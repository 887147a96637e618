import { describe, expect, it } from "vitest";
import {
  criticalAt,
  judgeExpiredRenewal,
  overdueAt,
  renewalDueAt,
  renewalState,
  retireAt,
  type RenewalState,
} from "#server/domain/renewal.ts";

const dayMs = 86_400_000;
const notBefore = new Date("2026-01-01T00:00:00Z");
const onDay = (days: number) => new Date(notBefore.getTime() + days * dayMs);
const ninety = { notBefore, notAfter: onDay(90) };
const deviceUuid = "0f5f9a5c-7a2e-4d0a-9a61-0b6a6d9f6d11";

describe("when a renewal is due", () => {
  it("lies around two thirds of the life, spread over the devices", () => {
    const days = Array.from({ length: 400 }, (_, index) => {
      const at = renewalDueAt({
        ...ninety,
        deviceUuid: `${deviceUuid.slice(0, -4)}${1000 + index}`,
      });
      return (at.getTime() - notBefore.getTime()) / dayMs;
    });

    expect(Math.min(...days)).toBeGreaterThanOrEqual(54);
    expect(Math.max(...days)).toBeLessThanOrEqual(66);
    for (const from of [54, 57, 60, 63]) {
      const count = days.filter((day) => day >= from && day < from + 3).length;
      expect(count).toBeGreaterThan(70);
      expect(count).toBeLessThan(130);
    }
  });

  it("is the same for the same device and certificate", () => {
    expect(renewalDueAt({ ...ninety, deviceUuid })).toEqual(
      renewalDueAt({ ...ninety, deviceUuid }),
    );
  });

  it("is never so late that it would be overdue after it is critical", () => {
    const latest = new Date(notBefore.getTime() + (90 * dayMs * 2 * 1.1) / 3);
    expect(overdueAt({ ...ninety, renewalDueAt: latest })).toEqual(criticalAt(ninety));
  });
});

describe("where a certificate stands", () => {
  const policy = { alertDays: [30, 14, 7, 1] };
  const rows: readonly [what: string, dueAt: Date | null, now: Date, state: RenewalState][] = [
    ["automatic, new", onDay(60), onDay(0), "fresh"],
    ["automatic, a moment before it is due", onDay(60), new Date(onDay(60).getTime() - 1), "fresh"],
    ["automatic, due", onDay(60), onDay(60), "due"],
    ["automatic, a tenth of its life later", onDay(60), onDay(69), "overdue"],
    ["automatic, a sixth left", onDay(60), onDay(75), "critical"],
    ["automatic, at its end", onDay(60), onDay(90), "expired"],
    ["by people, 31 days left", null, onDay(59), "fresh"],
    ["by people, 30 days left", null, onDay(60), "due"],
    ["by people, a sixth left", null, onDay(75), "critical"],
    ["by people, after its end", null, onDay(100), "expired"],
  ];

  it.each(rows)("%s", (_what, dueAt, now, state) => {
    expect(renewalState({ ...ninety, renewalDueAt: dueAt }, policy, now)).toBe(state);
  });
});

describe("when a superseded certificate is retired", () => {
  it.each([
    ["after the overlap", 7, onDay(67)],
    ["at once without overlap", 0, onDay(60)],
    ["not after its own end", 90, onDay(90)],
  ])("%s", (_what, overlapDays, expected) => {
    const at = retireAt({ supersededAt: onDay(60), notAfter: ninety.notAfter, overlapDays });
    expect(at).toEqual(expected);
  });
});

describe("renewal of a certificate that has run out", () => {
  const expired = { deviceId: "pump-1", notAfter: onDay(90) };

  it.each([
    ["off", onDay(91), "not"],
    ["grace", onDay(104), "renew"],
    ["grace", new Date(onDay(104).getTime() + 1), "not"],
    ["ticket", onDay(300), "with-ticket"],
  ] as const)("%s at %s", (expiredRenewal, now, may) => {
    expect(judgeExpiredRenewal(expired, { expiredRenewal, graceDays: 14 }, now).may).toBe(may);
  });

  it("is refused with the day until which it was allowed", () => {
    const policy = { expiredRenewal: "grace", graceDays: 14 } as const;
    expect(judgeExpiredRenewal(expired, policy, onDay(120))).toMatchObject({
      detail: expect.stringContaining("for 14 days after that, until 2026-04-15"),
    });
  });
});
