"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { channelsKey, channelsQuery } from "#components/alert/alert-queries.ts";
import { ChannelActions } from "#components/alert/channel-actions.tsx";
import { ChannelDialog } from "#components/alert/channel-dialog.tsx";
import { OneTimeSecret } from "#components/people/one-time-secret.tsx";
import { channelText } from "#components/strings/alert.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorNote, ErrorState } from "#components/ui/error-state.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { severityNames } from "#server/domain/alert.ts";
import type { ChannelView } from "#server/services/alert-channel/view.ts";

type Fresh = { readonly name: string; readonly secret: string };

/** Where alerts are sent, and the button that makes another place. */
export function ChannelList({
  first,
  canSendMail,
  mayManage,
}: {
  readonly first: readonly ChannelView[];
  readonly canSendMail: boolean;
  readonly mayManage: boolean;
}) {
  const queries = useQueryClient();
  const [fresh, setFresh] = useState<Fresh>();
  const { data: channels, error, refetch } = useQuery(channelsQuery(first));
  const refresh = () => void queries.invalidateQueries({ queryKey: channelsKey });
  return (
    <>
      <Card labelledBy="alert-channels">
        <CardHeader
          id="alert-channels"
          title={channelText.title}
          aside={
            mayManage && (
              <ChannelDialog
                onDone={(made) => {
                  if (made.secret !== null) setFresh({ name: made.name, secret: made.secret });
                  refresh();
                }}
              />
            )
          }
        />
        <Intro isMailMissing={!canSendMail && channels.some(({ kind }) => kind === "email")} />
        {error !== null && (
          <ErrorState title={channelText.listFailed} onRetry={() => void refetch()}>
            {error.message}
          </ErrorState>
        )}
        {channels.length === 0 ? (
          <EmptyState title={channelText.emptyTitle}>
            {mayManage ? channelText.emptyText : channelText.emptyTextReader}
          </EmptyState>
        ) : (
          <Channels
            channels={channels}
            mayManage={mayManage}
            onSecret={setFresh}
            onChange={refresh}
          />
        )}
      </Card>
      <OneTimeSecret
        title={channelText.secretTitle}
        description={channelText.secretOnce(fresh?.name ?? "")}
        what={channelText.secret}
        text={fresh?.secret}
        onClose={() => setFresh(undefined)}
      />
    </>
  );
}

function Intro({ isMailMissing }: { readonly isMailMissing: boolean }) {
  return (
    <>
      <p className="max-w-3xl px-3.5 py-3 text-ink-2">{channelText.intro}</p>
      {isMailMissing && (
        <div className="px-3.5 pb-3">
          <ErrorNote>{channelText.noMail}</ErrorNote>
        </div>
      )}
    </>
  );
}

function Channels({
  channels,
  mayManage,
  onSecret,
  onChange,
}: {
  readonly channels: readonly ChannelView[];
  readonly mayManage: boolean;
  readonly onSecret: (fresh: Fresh) => void;
  readonly onChange: () => void;
}) {
  return (
    <Table>
      <thead>
        <Tr>
          <Th>{channelText.columnName}</Th>
          <Th className="max-md:hidden">{channelText.columnFor}</Th>
          <Th>{channelText.columnState}</Th>
          {mayManage && (
            <Th>
              <span className="sr-only">{channelText.columnActions}</span>
            </Th>
          )}
        </Tr>
      </thead>
      <tbody>
        {channels.map((channel) => (
          <Tr key={channel.id}>
            <Td>
              <span className="font-medium wrap-anywhere text-ink">{channel.name}</span>
              <p className="text-sm wrap-anywhere text-ink-3">
                {channelText.kinds[channel.kind]}: {channel.target}
              </p>
            </Td>
            <Td className="max-md:hidden">{purpose(channel)}</Td>
            <Td>
              <StateBadge tone={channel.enabled ? "ok" : "idle"}>
                {channel.enabled ? channelText.enabled : channelText.disabled}
              </StateBadge>
            </Td>
            {mayManage && (
              <Td>
                <ChannelActions channel={channel} onSecret={onSecret} onChange={onChange} />
              </Td>
            )}
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Which alerts a channel is for, in words. */
function purpose({ minSeverity, rules }: ChannelView): string {
  const severity =
    minSeverity === "critical"
      ? channelText.onlyCritical
      : minSeverity === "info"
        ? channelText.everything
        : channelText.from(severityNames[minSeverity]);
  const which = rules.length === 0 ? channelText.allRules : channelText.rulesCount(rules.length);
  return `${severity}, ${which}`;
}
