import { describe, expect, it } from "vitest";
import {
  mailSubject,
  mailText,
  nextAttempt,
  webhookBody,
  type Notification,
  type ToldEvent,
} from "#server/domain/alert-message.ts";

const at = new Date("2026-06-01T12:00:00Z");
const event: ToldEvent = {
  eventId: "e1",
  alertId: "a1",
  kind: "fired",
  at,
  rule: "certificate-ending",
  severity: "warning",
  step: "30",
  title: "The certificate of pump-17\r\nBcc: x@example.com ends",
  detail: "It ends.",
  remedy: "Renew it.",
  subjectKind: "certificate",
  subjectId: "c1",
  subjectName: "pump-17",
};
const one: Notification = {
  id: "msg_1",
  organisation: { id: "t", name: "Works" },
  events: [event],
  counts: { info: 0, warning: 1, critical: 0 },
  consoleUrl: "https://console.example",
};
const many: Notification = { ...one, counts: { info: 0, warning: 9000, critical: 1000 } };

describe("an e-mail", () => {
  it("says in its subject what one alert is, on one line", () => {
    expect(mailSubject(one)).toMatch(/^\[Quayside Works\] The certificate of pump-17..Bcc/);
    expect(mailSubject(one)).not.toMatch(/[\r\n]/);
  });

  it("counts many, and names some", () => {
    expect(mailSubject(many)).toBe("[Quayside Works] 10000 alerts (1000 critical, 9000 warning)");
    expect(mailText(many)).toContain("And 9999 more.");
    expect(mailText(one)).not.toContain("more.");
    expect(mailText(one)).toContain("https://console.example/alerts/a1");
  });
});

describe("a webhook", () => {
  it("is told how many events there are besides those it names", () => {
    const body = JSON.parse(webhookBody(many, at)) as { data: Record<string, unknown> };
    expect(body).toMatchObject({
      type: "alert.notified",
      timestamp: at.toISOString(),
      data: {
        total: 10_000,
        more: 9999,
        events: [{ id: "e1", alert: { rule: "certificate-ending" } }],
      },
    });
  });
});

describe("the next attempt", () => {
  const later = (minutes: number) => new Date(at.getTime() + minutes * 60_000);
  it.each([
    [1, 0, 1],
    [2, 1, 3],
    [3, 3, 7],
    [7, 63, 123],
    [50, 1000, 1060],
  ])("after %d attempts", (attempts, minute, next) => {
    expect(nextAttempt({ attempts, since: at, now: later(minute) })).toEqual(later(next));
  });
  it("is not made when a day is over", () => {
    expect(nextAttempt({ attempts: 30, since: at, now: later(1400) })).toBeUndefined();
  });
});
