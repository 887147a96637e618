import { parseShared, topicFilterProblem } from "#server/broker/topic-filter.ts";
import type { FieldProblem } from "#server/services/errors.ts";

/** What a service client may do below a topic filter. */
export type Grant = {
  readonly filter: string;
  readonly maySubscribe: boolean;
  readonly mayPublish: boolean;
};

/** What devices say: who says it is known by a device's credential and by nothing else. */
const saidByDevices = "qs/v1/d/+/up/#";

/** Whether there is a topic that both filters select. */
export function filtersOverlap(one: string, other: string): boolean {
  return levelsOverlap(one.split("/"), other.split("/"));
}

function levelsOverlap(one: readonly string[], other: readonly string[]): boolean {
  for (let at = 0; ; at += 1) {
    const left = one[at];
    const right = other[at];
    // # selects its parent level too, so that it also fits where the other filter ends.
    if (left === "#" || right === "#") return true;
    if (left === undefined || right === undefined) return left === right;
    if (left !== right && left !== "+" && right !== "+") return false;
  }
}

function problemOf(grant: Grant, operator: boolean): string | undefined {
  const { filter, maySubscribe, mayPublish } = grant;
  const broken = topicFilterProblem(filter);
  if (broken !== undefined) return `The topic filter ${broken}.`;
  if (parseShared(filter) !== undefined || filter.startsWith("$share")) {
    return "Leave out $share/…: a grant for a filter covers its shared subscriptions too.";
  }
  if (!maySubscribe && !mayPublish) return "Choose subscribe, publish, or both.";
  if (filter.startsWith("$")) return systemProblem(grant, operator);
  if (mayPublish && filtersOverlap(filter, saidByDevices)) {
    return `Publishing to ${saidByDevices} is for the devices themselves: their credentials say who speaks. Grant a filter that leaves those topics out, for example qs/v1/d/+/dn/#.`;
  }
  return undefined;
}

function systemProblem({ filter, mayPublish }: Grant, operator: boolean): string | undefined {
  if (!filter.startsWith("$SYS/")) return "Of the topics that begin with $ only $SYS/… exist.";
  if (mayPublish) return "Only the server publishes to $SYS/…; grant subscribing.";
  if (!operator) return "Only the organisation that runs the installation may read $SYS/….";
  return undefined;
}

/**
 * What is wrong with grants, by their place in the list; empty when nothing is.
 * @param operator whether the organisation runs the installation
 */
export function grantProblems(
  grants: readonly Grant[],
  operator: boolean,
): readonly FieldProblem[] {
  const seen = new Set<string>();
  return grants.flatMap((grant, index) => {
    const twice = seen.has(grant.filter) ? "This filter is in the list already." : undefined;
    seen.add(grant.filter);
    const message = problemOf(grant, operator) ?? twice;
    return message === undefined ? [] : [{ path: `grants.${index}.filter`, message }];
  });
}
