import {
  alertRules,
  alertStates,
  severities,
  type AlertRule,
  type Severity,
} from "#server/domain/alert.ts";

export const stateChoices = ["standing", ...alertStates, "all"] as const;
export type StateChoice = (typeof stateChoices)[number];

/** The filters of the alerts, as the address holds them; empty text narrows nothing. */
export type AlertFilters = {
  readonly state: StateChoice;
  readonly severity: Severity | "";
  readonly rule: AlertRule | "";
  readonly q: string;
};

export const everyStanding: AlertFilters = { state: "standing", severity: "", rule: "", q: "" };

type Read = { readonly get: (name: string) => string | null };

export function alertFiltersFrom(params: Read): AlertFilters {
  return {
    state: stateChoices.find((each) => each === params.get("state")) ?? everyStanding.state,
    severity: severities.find((each) => each === params.get("severity")) ?? "",
    rule: alertRules.find((each) => each === params.get("rule")) ?? "",
    q: (params.get("q") ?? "").trim().slice(0, 128),
  };
}

/** What differs from the page without filters. */
export function alertFilterParams({ state, severity, rule, q }: AlertFilters): URLSearchParams {
  const params = new URLSearchParams();
  if (state !== everyStanding.state) params.set("state", state);
  if (severity !== "") params.set("severity", severity);
  if (rule !== "") params.set("rule", rule);
  if (q !== "") params.set("q", q);
  return params;
}

/** The filters as the service takes them. */
export function alertListInput({ state, severity, rule, q }: AlertFilters) {
  return {
    state,
    ...(severity !== "" && { severity }),
    ...(rule !== "" && { rule }),
    ...(q !== "" && { subject: q }),
  };
}
