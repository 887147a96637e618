import { Trend } from "#components/dead-letter/trend.tsx";
import { workbenchText } from "#components/strings/workbench.ts";
import { formatCount } from "#components/ui/format.ts";
import { Stat } from "#components/ui/stat.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { DeadLetterGroupDetail } from "#server/services/dead-letter/show-group.ts";

/** What became of a cause's letters, whose they are, and when they came. */
export function GroupCounts({ group }: { readonly group: DeadLetterGroupDetail }) {
  const { open, replayed, discarded, expired, devices, devicesOf, assignee, note } = group;
  const isPartial = devicesOf < open + replayed + discarded;
  return (
    <section
      aria-label={workbenchText.counts}
      className="mb-4 grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6"
    >
      <Stat
        label={workbenchText.open}
        testId="open"
        value={formatCount(open)}
        tone={open > 0 ? "bad" : "plain"}
        note={workbenchText.openNote}
      />
      <Stat
        label={workbenchText.stored}
        testId="stored"
        value={formatCount(replayed)}
        note={workbenchText.storedNote}
      />
      <Stat
        label={workbenchText.discarded}
        value={formatCount(discarded)}
        note={workbenchText.expiredOf(formatCount(expired))}
      />
      <Stat
        label={workbenchText.devices}
        value={formatCount(devices)}
        note={isPartial ? workbenchText.newestOf(formatCount(devicesOf)) : workbenchText.allOf}
      />
      <Stat
        label={workbenchText.trend}
        value={<Trend hours={group.trend} heightPixels={26} />}
        note={
          <>
            {workbenchText.lastSeen} <RelativeTime value={group.lastAt} />
          </>
        }
      />
      <Stat
        label={workbenchText.assignee}
        value={
          <span className="text-lg font-medium">{assignee?.name ?? workbenchText.nobody}</span>
        }
        note={<span title={note}>{note === "" ? workbenchText.noNote : note}</span>}
      />
    </section>
  );
}
