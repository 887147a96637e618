import { describe, expect, it } from "vitest";
import {
  everyDevice,
  fleetViewFromParams,
  fleetViewToParams,
  isNarrowed,
  type FleetView,
} from "#server/domain/fleet-filter.ts";

const profile = "0f4c2f1e-77aa-4c1e-9a55-3b1c6f0d2231";

describe("the fleet table's address", () => {
  it("comes back as it was written", () => {
    const view: FleetView = {
      sort: "-contact",
      filter: {
        text: "pump & co",
        query: 'tag:roof "pump 3" temperature:>40',
        presence: ["late", "silent"],
        profileIds: [profile],
        certificate: ["renew_soon"],
        tags: ["site:kiel", "roof"],
        firmware: ["2.1.0"],
        groupIds: [profile],
        gatewayId: profile,
        location: "known",
        bounds: { south: -10.5, west: 170, north: 10, east: -170 },
        contactBefore: 7_200,
        contactWithin: 86_400,
      },
    };

    expect(fleetViewFromParams(fleetViewToParams(view))).toEqual(view);
  });

  it("is empty for the whole fleet by name", () => {
    expect(fleetViewToParams(everyDevice).toString()).toBe("");
    expect(fleetViewFromParams(new URLSearchParams(""))).toEqual(everyDevice);
  });

  it("leaves out what it does not know", () => {
    const params = new URLSearchParams(
      "presence=late,purple&profile=nope&certificate=x&sort=drop%20table&group=1&bounds=1,2,x,4&before=-1&location=mars",
    );

    expect(fleetViewFromParams(params)).toEqual({
      sort: "name",
      filter: { ...everyDevice.filter, presence: ["late"] },
    });
  });

  it("knows a narrowed view from the whole fleet", () => {
    expect(isNarrowed(everyDevice.filter)).toBe(false);
    expect(isNarrowed({ ...everyDevice.filter, certificate: ["none"] })).toBe(true);
  });
});
