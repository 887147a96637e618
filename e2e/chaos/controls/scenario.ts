import {
  acknowledgeBeforeCommit,
  aedesDefault,
  mosquittoDefault,
  type ControlResult,
} from "#e2e/chaos/controls/lossy.ts";
import type { ChaosScenario } from "#e2e/chaos/scenario.ts";

function control(
  name: string,
  run: (input: Parameters<ChaosScenario["run"]>[0]) => Promise<ControlResult>,
): ChaosScenario {
  return {
    name,
    round: "negative control, which the checker must call lossy",
    rounds: 1,
    run: async (input) => {
      const result = await run(input);
      if (typeof result === "string") {
        input.say(`${name} left out: ${result}`);
        return { problems: [], facts: {} };
      }
      const { acknowledged, stored, lost } = result;
      return {
        problems: lost.length > 0 ? [] : ["the checker did not find the loss that must be there"],
        facts: { acknowledged, stored, lost: lost.length },
      };
    },
  };
}

/** Systems that lose what they acknowledged; passing means that the checker says so. */
export const negativeControls: readonly ChaosScenario[] = [
  control("control-ack-before-commit", ({ place }) => acknowledgeBeforeCommit(place)),
  control("control-aedes", ({ place }) => aedesDefault(place)),
  control("control-mosquitto", () => mosquittoDefault()),
];
