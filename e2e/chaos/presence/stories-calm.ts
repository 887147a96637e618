import { deviceStories } from "#e2e/chaos/presence/stories-devices.ts";
import { gatewayStories } from "#e2e/chaos/presence/stories-gateways.ts";
import { peopleStories } from "#e2e/chaos/presence/stories-people.ts";
import type { Stage } from "#e2e/chaos/presence/story.ts";

/** Nothing befalls the two workers. */
export const calmStage: Stage = {
  name: "calm",
  workers: ["A", "B"],
  staggerMs: 500,
  stories: [...deviceStories, ...gatewayStories, ...peopleStories],
};
