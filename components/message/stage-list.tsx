import { followText } from "#components/strings/message.ts";
import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import type { StageVerdict } from "#server/services/message/followed.ts";

const tones: Readonly<Record<StageVerdict["verdict"], Tone>> = {
  passed: "ok",
  noted: "warn",
  failed: "bad",
  not_reached: "idle",
  unknown: "idle",
};

/** The stages of a message in their order, each with what was found. */
export function StageList({ stages }: { readonly stages: readonly StageVerdict[] }) {
  return (
    <ol className="flex flex-col">
      {stages.map(({ stage, verdict, detail }) => (
        <li
          key={stage}
          className="grid grid-cols-[8.5rem_1fr] gap-x-3 border-b border-line py-1.5 last:border-b-0 sm:grid-cols-[8.5rem_6.5rem_1fr]"
        >
          <span className={verdict === "not_reached" ? "text-ink-3" : "text-ink"}>
            {followText.stage[stage]}
          </span>
          <span className="flex items-center">
            <StateBadge tone={tones[verdict]}>{followText.verdict[verdict]}</StateBadge>
          </span>
          <span className="text-ink-2 wrap-anywhere max-sm:col-span-2 max-sm:empty:hidden">
            {detail}
          </span>
        </li>
      ))}
    </ol>
  );
}
