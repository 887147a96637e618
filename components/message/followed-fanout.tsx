import { followText } from "#components/strings/message.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { FollowedFanout } from "#server/services/message/followed.ts";

/** Who gets what is published to the message's topic, and what of it still waits. */
export function FollowedFanoutPart({ fanout }: { readonly fanout: FollowedFanout }) {
  const { subscribers, isTopicKnown, topic, isCut } = fanout;
  return (
    <section className="min-w-0 lg:col-span-2">
      <h3 className="mb-1 text-sm font-medium text-ink">{followText.fanout}</h3>
      <p className="mb-2 text-ink-2 wrap-anywhere">
        {isTopicKnown ? followText.fanoutNow : followText.fanoutAssumed(topic)}
      </p>
      {subscribers.length === 0 ? (
        <p className="text-ink-3">{followText.fanoutNone}</p>
      ) : (
        <Table aria-label={followText.fanout}>
          <thead>
            <tr>
              <Th>{followText.subscriber}</Th>
              <Th className="max-sm:hidden">{followText.filter}</Th>
              <Th numeric>{followText.waiting}</Th>
            </tr>
          </thead>
          <tbody>
            {subscribers.map((each) => (
              <Tr key={`${each.sessionId} ${each.filter}`}>
                <Td>
                  <span className="flex flex-wrap items-center gap-2">
                    {each.owner.name}
                    <StateBadge tone={each.connected ? "ok" : "idle"}>
                      {each.connected ? followText.connected : followText.away}
                    </StateBadge>
                  </span>
                </Td>
                <Td className="font-mono text-sm wrap-anywhere max-sm:hidden">{each.filter}</Td>
                <Td numeric>{formatCount(each.waiting)}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {isCut && <p className="mt-1 text-sm text-ink-3">{followText.more}</p>}
    </section>
  );
}
