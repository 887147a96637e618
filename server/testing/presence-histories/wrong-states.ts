import type { Presence } from "#server/domain/presence.ts";
import type {
  ExpectedChange,
  PresenceHistory,
} from "#server/testing/presence-histories/history.ts";

/** Changes of each device as the product tells them, in seconds since the history began. */
export type ToldChanges = Readonly<
  Record<string, readonly (readonly [at: number, presence: string])[]>
>;

const withinSeconds = 1;

/**
 * Compares what the product tells of a recorded history with what its script knows to be true.
 * @returns a sentence for each state that is wrong, missing, too much, or at another time
 */
export function wrongStates(
  history: Pick<PresenceHistory, "devices" | "expect">,
  told: ToldChanges,
): readonly string[] {
  return Object.keys(history.devices).flatMap((device) =>
    wrongOfDevice(history.expect[device] ?? [], told[device] ?? []).map(
      (problem) => `${device}: ${problem}`,
    ),
  );
}

function wrongOfDevice(
  expected: readonly ExpectedChange[],
  told: NonNullable<ToldChanges[string]>,
): readonly string[] {
  const wrong: string[] = [];
  let before: Presence | "never_seen" = "never_seen";
  let next = 0;
  for (const [at, presence, { within = withinSeconds, isBrief = false } = {}] of expected) {
    // Nothing changed, for something brief before it was not noticed.
    if (presence === before) continue;
    const found = told[next];
    if (found?.[1] !== presence) {
      if (isBrief) continue;
      const instead = found === undefined ? "nothing" : `${found[1]} from ${found[0]} s`;
      return [...wrong, `${presence} from ${at} s was expected, told is ${instead}`];
    }
    if (Math.abs(found[0] - at) > within) {
      wrong.push(`${presence} was expected from ${at} s, told is from ${found[0]} s`);
    }
    before = presence;
    next += 1;
  }
  return [
    ...wrong,
    ...told.slice(next).map(([at, presence]) => `${presence} from ${at} s is too much`),
  ];
}
