import { brokerText } from "#components/strings/broker.ts";
import { formatBytes, formatCount, formatDuration } from "#components/ui/format.ts";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime, RelativeTime } from "#components/ui/time.tsx";
import type { MqttSessionView } from "#server/services/mqtt-session/view.ts";

/** What is kept of a session: since when, for how long, what waits, its will, its subscriptions. */
export function SessionDetails({ session }: { readonly session: MqttSessionView }) {
  return (
    <div className="flex flex-col gap-3">
      <KeyValues items={[...timesOf(session), ...queueOf(session), willOf(session)]} />
      {session.subscriptionCount > 0 && <Subscriptions session={session} />}
    </div>
  );
}

function Instant({ value }: { readonly value: string }) {
  return (
    <>
      <ExactTime value={value} />
      <span className="text-ink-3">
        {" · "}
        <RelativeTime value={value} />
      </span>
    </>
  );
}

function timesOf(session: MqttSessionView): readonly KeyValue[] {
  const { worker, disconnectedAt, expiresAt } = session;
  const instant = (key: string, label: string, value: string | null): KeyValue[] =>
    value === null ? [] : [{ key, label, value: <Instant value={value} /> }];
  return [
    ...instant("since", brokerText.since, session.connected ? session.connectedAt : null),
    ...instant("away", brokerText.awaySince, session.connected ? null : disconnectedAt),
    ...instant("began", brokerText.began, session.createdAt),
    { key: "from", label: brokerText.from, value: session.remote, mono: true },
    ...(worker === null
      ? []
      : [{ key: "worker", label: brokerText.worker, value: worker.host ?? brokerText.workerGone }]),
    { key: "expiry", label: brokerText.expiry, value: expiryWords(session.expirySeconds) },
    ...instant("ends", brokerText.ends, expiresAt),
  ];
}

function expiryWords(seconds: number | null): string {
  if (seconds === null) return brokerText.expiryNever;
  return seconds === 0 ? brokerText.expiryNone : formatDuration(seconds * 1_000);
}

function queueOf({ queue }: MqttSessionView): readonly KeyValue[] {
  return [
    {
      key: "queue",
      label: brokerText.queue,
      value: brokerText.queueWords(
        formatCount(queue.messages),
        formatCount(queue.mostMessages),
        formatBytes(queue.bytes),
        formatBytes(queue.mostBytes),
      ),
    },
    {
      key: "dropped",
      label: brokerText.dropped,
      value:
        queue.dropped === 0 ? (
          brokerText.droppedNone
        ) : (
          <span className="text-bad">{brokerText.droppedWords(formatCount(queue.dropped))}</span>
        ),
    },
  ];
}

function willOf({ will }: MqttSessionView): KeyValue {
  const { will: label, willNone } = brokerText;
  if (will === null) return { key: "will", label, value: willNone };
  return {
    key: "will",
    label,
    value: (
      <>
        <span className="font-mono text-sm wrap-anywhere">{will.topic}</span>
        <span className="block text-sm text-ink-2">
          {brokerText.willWords(formatBytes(will.bytes), will.qos)}
          {will.retain && <>, {brokerText.willRetained}</>}
          {", "}
          {will.dueAt === null ? (
            will.delaySeconds === 0 ? (
              brokerText.willNow
            ) : (
              brokerText.willDelay(formatDuration(will.delaySeconds * 1_000))
            )
          ) : (
            <>
              {brokerText.willDue} <RelativeTime value={will.dueAt} />
            </>
          )}
        </span>
      </>
    ),
  };
}

function Subscriptions({ session }: { readonly session: MqttSessionView }) {
  const { subscriptions, subscriptionCount } = session;
  return (
    <details className="rounded border border-line" open={subscriptionCount <= 5}>
      <summary className="cursor-pointer px-3 py-2 font-medium text-ink-2">
        {brokerText.subscriptions(formatCount(subscriptionCount))}
      </summary>
      <ul className="divide-y divide-line border-t border-line">
        {subscriptions.map((subscription) => (
          <li
            key={subscription.filter}
            className="flex flex-wrap justify-between gap-x-4 gap-y-0.5 px-3 py-1.5"
          >
            <code className="text-sm wrap-anywhere text-ink">{subscription.filter}</code>
            <span className="text-sm text-ink-2">{optionsOf(subscription)}</span>
          </li>
        ))}
      </ul>
      {subscriptionCount > subscriptions.length && (
        <p className="border-t border-line px-3 py-2 text-sm text-ink-3">
          {brokerText.subscriptionsMore(formatCount(subscriptions.length))}
        </p>
      )}
    </details>
  );
}

/** The options of a subscription in words; those that go without saying are left out. */
function optionsOf(subscription: MqttSessionView["subscriptions"][number]): string {
  const { identifier, retainHandling } = subscription;
  return [
    brokerText.qos(subscription.qos),
    subscription.noLocal ? brokerText.noLocal : "",
    subscription.retainAsPublished ? brokerText.retainAsPublished : "",
    retainHandling === 0 ? "" : (brokerText.retainHandling[retainHandling] ?? ""),
    identifier === null ? "" : brokerText.identifier(identifier),
  ]
    .filter((part) => part !== "")
    .join(", ");
}
