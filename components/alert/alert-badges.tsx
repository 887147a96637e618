import { StateBadge, type Tone } from "#components/ui/badge.tsx";
import {
  alertStateNames,
  severityNames,
  type AlertState,
  type Severity,
} from "#server/domain/alert.ts";

export const severityTones: Readonly<Record<Severity, Tone>> = {
  info: "accent",
  warning: "warn",
  critical: "bad",
};

const stateTones: Readonly<Record<AlertState, Tone>> = {
  open: "warn",
  acknowledged: "accent",
  resolved: "ok",
};

/** How soon somebody should act. */
export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  return <StateBadge tone={severityTones[severity]}>{severityNames[severity]}</StateBadge>;
}

/** Whether somebody has seen it, and whether its cause is gone. */
export function AlertStateBadge({ state }: { readonly state: AlertState }) {
  return <StateBadge tone={stateTones[state]}>{alertStateNames[state]}</StateBadge>;
}
