import { partsOf } from "#components/campaign/campaign-state.ts";
import { ShareBar } from "#components/charts/share-bar.tsx";
import {
  campaignPageText,
  campaignText,
  campaignWizardText,
} from "#components/strings/campaign.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { CampaignView, CampaignWaveView } from "#server/services/campaign/view.ts";

/** The waves one by one, with how far each is and when it halts. */
export function CampaignWaves({ campaign }: { readonly campaign: CampaignView }) {
  const { waves, wave: current } = campaign;
  return (
    <Card labelledBy="waves">
      <CardHeader id="waves" title={campaignPageText.waves} />
      <ol>
        {waves.map((wave, index) => (
          <Wave
            // Waves have no name but their place.
            key={`${index + 1}`}
            wave={wave}
            number={index + 1}
            current={current}
            isLast={index === waves.length - 1}
          />
        ))}
      </ol>
    </Card>
  );
}

type WaveProps = {
  readonly wave: CampaignWaveView;
  readonly number: number;
  readonly current: number;
  readonly isLast: boolean;
};

function Wave({ wave, number, current, isLast }: WaveProps) {
  const { haltAtFailedPercent, minDonePercent, soakMinutes, devices } = wave;
  const size =
    wave.count === undefined
      ? campaignText.percent(wave.percent ?? 100)
      : campaignPageText.waveDevices(formatCount(wave.count));
  return (
    <li className="border-b border-line px-3.5 py-3 last:border-b-0" data-wave={number}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="text-base font-semibold">{campaignWizardText.wave(number)}</h3>
        {current > 0 && <WaveState number={number} current={current} />}
        <span className="text-ink-2">
          {campaignWizardText.size.toLowerCase()} {size}
          {current > 0 && (
            <>
              {" · "}
              {devices === 1
                ? campaignPageText.waveOne
                : campaignPageText.waveDevices(formatCount(devices))}
            </>
          )}
        </span>
      </div>
      <p className="mt-0.5 text-sm text-ink-3">
        {isLast
          ? campaignPageText.lastRules(haltAtFailedPercent)
          : campaignPageText.waveRules(haltAtFailedPercent, minDonePercent, soakMinutes)}
      </p>
      {devices > 0 && (
        <div className="mt-2">
          <ShareBar parts={partsOf(wave.counts)} />
        </div>
      )}
    </li>
  );
}

function WaveState({ number, current }: Pick<WaveProps, "number" | "current">) {
  const { before, now, after } = campaignPageText.waveStates;
  if (number > current) return <StateBadge tone="idle">{before}</StateBadge>;
  if (number === current) return <StateBadge tone="accent">{now}</StateBadge>;
  return <StateBadge tone="ok">{after}</StateBadge>;
}
