import { expect, it } from "vitest";
import { campaignHref } from "#components/certificate/certificate-href.ts";
import { everyCertificate } from "#server/domain/certificate-filter.ts";

it("a campaign over a filter ends before the day after its last day", () => {
  expect(campaignHref([], { ...everyCertificate.filter, to: "2026-11-30" })).toBe(
    "/certificates/campaigns/new?before=2026-12-01",
  );
});
