"use client";
import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { waitingQuery } from "#components/onboard/onboard-queries.ts";
import { WaitsCard } from "#components/onboard/waits-card.tsx";
import { hubText } from "#components/strings/onboard-hub.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { OnboardWaiting } from "#server/services/onboard/waiting.ts";

/** The ways in by what one has in hand, and beside them what waits. */
export function Hub({
  first,
  mayOnboard,
}: {
  readonly first: OnboardWaiting;
  readonly mayOnboard: boolean;
}) {
  const { data: waiting, error } = useQuery(waitingQuery(first));
  return (
    <>
      {!waiting.hasDevices && mayOnboard && (
        <Card>
          <EmptyState
            title={hubText.emptyTitle}
            action={
              <ButtonLink href="/onboard/device" variant="primary">
                {hubText.emptyButton}
              </ButtonLink>
            }
          >
            {hubText.emptyText}
          </EmptyState>
        </Card>
      )}
      <div className="grid grid-cols-1 items-start gap-3.5 lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]">
        {mayOnboard ? <Ways /> : <p className="py-2 text-ink-2">{hubText.onlyLook}</p>}
        <WaitsCard waiting={waiting} error={error} />
      </div>
    </>
  );
}

function Ways() {
  return (
    <div className="flex flex-col gap-3.5">
      {hubText.sections.map((section) => (
        <Card key={section.id} labelledBy={`ways-${section.id}`}>
          <CardHeader
            id={`ways-${section.id}`}
            title={section.title}
            {...(section.id === "themselves" && {
              aside: (
                <Link href="/docs/enrolment" className="text-accent hover:underline">
                  {hubText.guide}
                </Link>
              ),
            })}
          />
          <ul className="grid grid-cols-1 sm:grid-cols-2">
            {section.ways.map((way) => (
              <li
                key={way.id}
                className="relative flex items-start gap-3 border-b border-line px-3.5 py-3 last:border-b-0 hover:bg-sunken sm:odd:border-r sm:nth-last-2:odd:border-b-0"
              >
                <span className="min-w-0 flex-1">
                  <Link
                    href={way.href}
                    className="font-medium text-ink after:absolute after:inset-0 hover:underline"
                  >
                    {way.title}
                  </Link>
                  <span className="block text-ink-2">{way.when}</span>
                </span>
                <ChevronRight aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-3" />
              </li>
            ))}
          </ul>
        </Card>
      ))}
    </div>
  );
}
