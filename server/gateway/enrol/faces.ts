import { coversFilter } from "#server/broker/topic-filter.ts";
import { awsDialect } from "#server/gateway/enrol/aws.ts";
import type { Dialect, EnrolmentDoor, TopicOwner } from "#server/gateway/enrol/dialect.ts";
import { dpsDialect } from "#server/gateway/enrol/dps.ts";
import { nativeDialect } from "#server/gateway/enrol/native.ts";
import type { EnrolmentPrincipal } from "#server/gateway/identify/principal.ts";

/** How a principal may ask: whoever proved itself by a SAS token registers, the others bring a request. */
const dialects: Readonly<Record<EnrolmentPrincipal["by"]["kind"], readonly Dialect[]>> = {
  claim: [nativeDialect, awsDialect],
  registration: [dpsDialect],
};

function ownerOf({ group }: EnrolmentPrincipal): TopicOwner {
  return { publicId: group.publicId, groupName: group.name };
}

/** @returns undefined when nothing may be published there */
export function doorTo(principal: EnrolmentPrincipal, topic: string): EnrolmentDoor | undefined {
  for (const dialect of dialects[principal.by.kind]) {
    const door = dialect.door(ownerOf(principal), topic);
    if (door !== undefined) return door;
  }
  return undefined;
}

/** Whether everything that a filter can select are answers to this principal. */
export function mayHear(principal: EnrolmentPrincipal, filter: string): boolean {
  return dialects[principal.by.kind].some((dialect) =>
    dialect.answers(ownerOf(principal)).some((answer) => coversFilter(answer, filter)),
  );
}

/** What a principal that enrols should do instead, in words. */
export function enrolmentRemedy(
  principal: EnrolmentPrincipal,
  wish: "publish" | "subscribe",
): string {
  const those = dialects[principal.by.kind];
  const topics = those.flatMap((dialect) =>
    wish === "publish"
      ? [dialect.asks(ownerOf(principal))]
      : dialect.answers(ownerOf(principal)).slice(0, 2),
  );
  const only =
    "This credential only enrols: connect with the one that the device gets for everything else.";
  return `${only} ${wish === "publish" ? "Ask on" : "Subscribe to"} ${topics.join(", ")}.`;
}
