import { campaignText, campaignWizardText } from "#components/strings/campaign.ts";
import { CardBody } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Stat } from "#components/ui/stat.tsx";
import { ExactTime } from "#components/ui/time.tsx";
import type { CampaignPreview } from "#server/services/campaign/view.ts";

/** The blast radius of a campaign in numbers, and what to look at before it starts. */
export function Meets({ preview }: { readonly preview: CampaignPreview }) {
  const { devices, targetWords } = preview;
  if (devices === 0) {
    return (
      <EmptyState title={campaignWizardText.nobody}>{campaignWizardText.nobodyText}</EmptyState>
    );
  }
  return (
    <CardBody className="flex flex-col gap-4">
      <p className="wrap-anywhere text-ink-2">
        {targetWords.length === 0 ? campaignText.all : targetWords.join(", ")}
      </p>
      <Numbers preview={preview} />
      <Skipped preview={preview} />
      {preview.warnings.length > 0 && (
        <div
          role="note"
          className="rounded border border-warn/40 bg-warn-soft px-3 py-2 text-base text-warn"
        >
          <p className="font-medium">{campaignWizardText.look}</p>
          {preview.warnings.map((warning) => (
            <p key={warning} className="mt-1 wrap-anywhere">
              {warning}
            </p>
          ))}
        </div>
      )}
      <p className="text-ink-3">
        {preview.firstEnd !== null && (
          <>
            {campaignWizardText.firstEnd} <ExactTime value={preview.firstEnd} show="date" />.{" "}
          </>
        )}
        {campaignWizardText.safe}
      </p>
    </CardBody>
  );
}

function Numbers({ preview }: { readonly preview: CampaignPreview }) {
  const { devices, taken } = preview;
  const also = [
    ["connected", campaignWizardText.connected, campaignWizardText.connectedNote],
    ["asleep", campaignWizardText.asleep, campaignWizardText.asleepNote],
    ["away", campaignWizardText.away, campaignWizardText.awayNote],
    ["neverSeen", campaignWizardText.neverSeen, campaignWizardText.neverSeenNote],
    ["underWay", campaignWizardText.underWay, campaignWizardText.underWayNote],
    ["noOtherWay", campaignWizardText.noOtherWay, campaignWizardText.noOtherWayNote],
  ] as const;
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Stat
        label={campaignWizardText.takes}
        value={formatCount(taken)}
        note={campaignWizardText.fits(formatCount(devices))}
        testId="taken"
      />
      {also.map(([name, label, note]) => (
        <Stat
          key={name}
          label={label}
          value={formatCount(preview[name])}
          note={note}
          hint={note}
          testId={name}
        />
      ))}
    </div>
  );
}

/** Devices that fit and are not asked. */
function Skipped({ preview }: { readonly preview: CampaignPreview }) {
  const { suspended, busy, busyDevices } = preview;
  if (suspended + busy === 0) return null;
  return (
    <div className="text-ink-2">
      {suspended > 0 && <p>{campaignWizardText.suspended(suspended)}</p>}
      {busy > 0 && (
        <>
          <p>{campaignWizardText.busy(busy)}</p>
          <ul aria-label={campaignWizardText.busyList} className="mt-1">
            {busyDevices.map(({ deviceId, campaign }) => (
              <li key={deviceId} className="wrap-anywhere">
                <span className="font-mono text-sm">{deviceId}</span>{" "}
                <span className="text-ink-3">{campaignWizardText.busyIn(campaign)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
