import { severities, severityNames, type AlertRule, type Severity } from "#server/domain/alert.ts";
import { oneLine } from "#server/domain/one-line.ts";

/** An event as a notification names it. */
export type ToldEvent = {
  readonly eventId: string;
  readonly alertId: string;
  /** fired, escalated, resolved, test */
  readonly kind: string;
  readonly at: Date;
  readonly rule: AlertRule | "test";
  readonly severity: Severity;
  readonly step: string;
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly subjectName: string;
};

/** What one notification says: some events by name, the others by number. */
export type Notification = {
  /** The same for each repetition. */
  readonly id: string;
  readonly organisation: { readonly id: string; readonly name: string };
  readonly events: readonly ToldEvent[];
  readonly counts: Readonly<Record<Severity, number>>;
  /** Of the console, without a trailing slash. */
  readonly consoleUrl: string;
};

/** Events that a notification names; there may be ten thousand of a bad day. */
export const namedEvents = 50;

/** Of all severities together. */
function totalOf({ counts }: Pick<Notification, "counts">): number {
  return severities.reduce((sum, severity) => sum + counts[severity], 0);
}

function countWords({ counts }: Pick<Notification, "counts">): string {
  return severities
    .toReversed()
    .filter((severity) => counts[severity] > 0)
    .map((severity) => `${counts[severity]} ${severityNames[severity].toLowerCase()}`)
    .join(", ");
}

/** The subject line of an e-mail. */
export function mailSubject(notification: Notification): string {
  const [first] = notification.events;
  const total = totalOf(notification);
  const what =
    total === 1 && first !== undefined
      ? first.title
      : `${total} alerts (${countWords(notification)})`;
  return oneLine(`[Quayside ${notification.organisation.name}] ${what}`, 200);
}

const kindWords: Readonly<Record<string, string>> = {
  escalated: ", later step",
  resolved: ", resolved",
};

/** The text of an e-mail. */
export function mailText(notification: Notification): string {
  const { events, consoleUrl } = notification;
  const more = totalOf(notification) - events.length;
  const parts = events.map((event) =>
    [
      `${severityNames[event.severity]}${kindWords[event.kind] ?? ""}: ${oneLine(event.title, 300)}`,
      `  ${oneLine(event.detail, 1000)}`,
      `  What to do: ${oneLine(event.remedy, 1000)}`,
      ...(event.rule === "test" ? [] : [`  ${consoleUrl}/alerts/${event.alertId}`]),
    ].join("\n"),
  );
  return [
    ...parts,
    ...(more > 0 ? [`And ${more} more.`] : []),
    `All alerts: ${consoleUrl}/alerts`,
  ].join("\n\n");
}

/** The body of a webhook. */
export function webhookBody(notification: Notification, now: Date): string {
  const { organisation, events, counts, consoleUrl } = notification;
  const total = totalOf(notification);
  return JSON.stringify({
    type: "alert.notified",
    timestamp: now.toISOString(),
    data: {
      organisation,
      total,
      counts,
      more: total - events.length,
      url: `${consoleUrl}/alerts`,
      events: events.map((event) => ({
        id: event.eventId,
        kind: event.kind,
        at: event.at.toISOString(),
        alert: {
          id: event.alertId,
          rule: event.rule,
          severity: event.severity,
          step: event.step,
          title: event.title,
          detail: event.detail,
          remedy: event.remedy,
          subject: { kind: event.subjectKind, id: event.subjectId, name: event.subjectName },
          url: `${consoleUrl}/alerts/${event.alertId}`,
        },
      })),
    },
  });
}

const minuteMs = 60_000;
const longestWaitMs = 60 * minuteMs;
/** So long a notification is tried. */
const deliveryPatienceMs = 24 * 60 * minuteMs;

/**
 * When the next attempt is made: after 1, 2, 4 … minutes, an hour at most; undefined when a day of
 * trying is over.
 * @param at.attempts made, the one that just failed among them
 */
export function nextAttempt(at: {
  readonly attempts: number;
  readonly since: Date;
  readonly now: Date;
}): Date | undefined {
  const wait = Math.min(longestWaitMs, minuteMs * 2 ** Math.min(10, Math.max(0, at.attempts - 1)));
  const next = at.now.getTime() + wait;
  return next - at.since.getTime() > deliveryPatienceMs ? undefined : new Date(next);
}
