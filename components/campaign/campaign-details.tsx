import { campaignPageText, campaignText } from "#components/strings/campaign.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues, type KeyValue } from "#components/ui/key-values.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { CampaignView } from "#server/services/campaign/view.ts";

/** What was planned, and when it happened. */
export function CampaignDetails({ campaign }: { readonly campaign: CampaignView }) {
  const { targetWords, reason, perMinute, patienceDays, startedAt, finishedAt } = campaign;
  const moment = (key: string, label: string, value: string | null): KeyValue => ({
    key,
    label,
    value: value === null ? campaignPageText.notYet : <ExactTime value={value} show="full" />,
  });
  const items: KeyValue[] = [
    {
      key: "target",
      label: campaignPageText.target,
      value: targetWords.length === 0 ? campaignText.all : targetWords.join(", "),
    },
    ...(reason === "" ? [] : [{ key: "reason", label: campaignPageText.reason, value: reason }]),
    {
      key: "rate",
      label: campaignPageText.rate,
      value: campaignPageText.perMinute(formatCount(perMinute)),
    },
    {
      key: "patience",
      label: campaignPageText.patience,
      value: campaignPageText.days(patienceDays),
    },
    moment("started", campaignPageText.startedAt, startedAt),
    moment("finished", campaignPageText.finishedAt, finishedAt),
  ];
  return (
    <Card labelledBy="plan">
      <CardHeader id="plan" title={campaignPageText.details} />
      <CardBody>
        <KeyValues items={items} />
      </CardBody>
    </Card>
  );
}
