"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { waitingQuery } from "#components/onboard/onboard-queries.ts";
import { hubText } from "#components/strings/onboard-hub.ts";
import { formatCount } from "#components/ui/format.ts";
import type { OnboardWaiting } from "#server/services/onboard/waiting.ts";

/** One line of what waits for somebody among the devices that come in; nothing when nothing does. */
export function WaitingRow({ first }: { readonly first: OnboardWaiting }) {
  const { data: waiting } = useQuery(waitingQuery(first));
  const parts = [
    {
      href: "/onboard/requests",
      count: waiting.pending.count,
      words: hubText.waitingRequests(formatCount(waiting.pending.count)),
    },
    {
      href: "/onboard/batches",
      count: waiting.batches.length,
      words: hubText.waitingBatches(formatCount(waiting.batches.length)),
    },
    {
      href: "/onboard/quarantine?batches=all",
      count: waiting.quarantined,
      words: hubText.waitingQuarantine(formatCount(waiting.quarantined)),
    },
  ].filter(({ count }) => count > 0);
  if (parts.length === 0) return null;
  return (
    <section
      aria-label={hubText.waits}
      className="flex flex-wrap gap-x-6 gap-y-1 rounded border border-warn/40 bg-warn-soft px-3.5 py-2"
    >
      <span className="font-medium text-warn">{hubText.waits}</span>
      {parts.map(({ href, words }) => (
        <Link key={href} href={href} className="text-ink underline hover:no-underline">
          {words}
        </Link>
      ))}
    </section>
  );
}
