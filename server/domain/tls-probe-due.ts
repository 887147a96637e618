/** A probe is old after so long. */
const freshMs = 86_400_000;

/**
 * Why the listeners are to be probed now.
 * @param at.lastAt when the newest probe started; null when there is none
 * @param at.changedAt when the profile or the listeners' certificate changed last
 * @returns who asked, `change`, or `schedule`; undefined when nothing is due
 */
export function whyProbe(at: {
  readonly now: Date;
  readonly lastAt: Date | null;
  readonly request: { readonly by: string; readonly at: Date } | null;
  readonly changedAt: Date | null;
}): string | undefined {
  const { now, lastAt, request, changedAt } = at;
  const isNews = (when: Date): boolean => lastAt === null || when > lastAt;
  if (request !== null && isNews(request.at)) return request.by;
  if (lastAt === null || now.getTime() - lastAt.getTime() >= freshMs) return "schedule";
  return changedAt !== null && isNews(changedAt) ? "change" : undefined;
}
