import { describe, expect, it } from "vitest";
import {
  certificateLifeOf,
  daysLeft,
  type CertificateLife,
} from "#server/domain/certificate-life.ts";

const now = new Date("2026-11-23T12:00:00Z");
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);

describe("certificate life", () => {
  const rows: readonly [what: string, notAfter: Date | null, life: CertificateLife][] = [
    ["no usable certificate", null, "none"],
    ["ends in 90 days", inDays(90), "valid"],
    ["ends a millisecond after 30 days", new Date(inDays(30).getTime() + 1), "valid"],
    ["ends in exactly 30 days", inDays(30), "renew_soon"],
    ["ends in an hour", inDays(1 / 24), "renew_soon"],
    ["ends now", inDays(0), "expired"],
    ["ended yesterday", inDays(-1), "expired"],
  ];

  it.each(rows)("%s", (_what, notAfter, life) => {
    expect(certificateLifeOf(notAfter, now)).toBe(life);
  });

  it("counts whole days", () => {
    expect(daysLeft(inDays(19.9), now)).toBe(19);
    expect(daysLeft(inDays(0.5), now)).toBe(0);
    expect(daysLeft(inDays(-0.5), now)).toBe(-1);
  });
});
