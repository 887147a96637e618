"use client";
import { useQuery } from "@tanstack/react-query";
import { profileTrafficQuery } from "#components/profile/profile-queries.ts";
import { aspectNames, profileText, verdictNames } from "#components/strings/profile.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { TrafficFinding } from "#server/domain/compare-traffic.ts";

const tones: Readonly<Record<TrafficFinding["verdict"], Tone>> = {
  agrees: "ok",
  differs: "bad",
  no_traffic: "idle",
};

/** What devices did against what is specified. */
export function TrafficFindings({
  profileId,
  revision,
}: {
  readonly profileId: string;
  readonly revision: number;
}) {
  const query = useQuery(profileTrafficQuery(profileId, revision));
  return (
    <section aria-label={profileText.trafficTitle}>
      <h3 className="mb-2 text-sm font-medium text-ink">{profileText.trafficTitle}</h3>
      {query.isError ? (
        <ErrorState title={profileText.trafficFailed} onRetry={() => void query.refetch()}>
          {query.error.message}
        </ErrorState>
      ) : query.data === undefined ? (
        <Skeleton className="h-24" />
      ) : (
        <Findings findings={query.data.findings} />
      )}
    </section>
  );
}

function Findings({ findings }: { readonly findings: readonly TrafficFinding[] }) {
  if (findings.every(({ verdict }) => verdict === "no_traffic")) {
    return <p className="text-ink-2">{profileText.trafficNothing}</p>;
  }
  return (
    <Table aria-label={profileText.trafficTitle}>
      <thead>
        <Tr>
          <Th>{profileText.aspect}</Th>
          <Th className="max-sm:hidden">{profileText.specified}</Th>
          <Th>{profileText.observed}</Th>
          <Th>{profileText.verdict}</Th>
        </Tr>
      </thead>
      <tbody>
        {findings.map((finding) => (
          <Tr key={finding.aspect}>
            <Td>{aspectNames[finding.aspect]}</Td>
            <Td className="max-sm:hidden">{finding.specified}</Td>
            <Td>
              {finding.observed}
              {finding.detail !== "" && <p className="text-sm text-ink-3">{finding.detail}</p>}
            </Td>
            <Td>
              <StateBadge tone={tones[finding.verdict]}>{verdictNames[finding.verdict]}</StateBadge>
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
