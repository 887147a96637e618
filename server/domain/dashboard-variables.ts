import {
  isMeasured,
  isVariableValue,
  maxVariableValues,
  rangeKeys,
  rangeMs,
  refreshSeconds,
  type DashboardContent,
  type DashboardRange,
  type DashboardVariable,
  type RefreshSeconds,
  type Widget,
} from "#server/domain/dashboard.ts";
import type { DeviceSelection } from "#server/domain/device-selection.ts";
import { everyDevice as everyDeviceView } from "#server/domain/fleet-filter.ts";
import { maxMetrics } from "#server/domain/telemetry-query.ts";

type Params = { get(name: string): string | null };

/** What is chosen of a dashboard while one looks; kept in the address. */
export type DashboardChoice = {
  readonly range: DashboardRange;
  readonly refreshSeconds: RefreshSeconds;
  /** By the variable's name; an empty list means all. */
  readonly values: Readonly<Record<string, readonly string[]>>;
};

const everyDevice: DeviceSelection = { by: "filter", filter: everyDeviceView.filter };
/** The last instant that a date can be, epoch milliseconds. */
const lastInstant = 8_640_000_000_000_000;

/** Reads what is chosen from an address; what it does not say or what is mangled is the dashboard's own. */
export function choiceFromParams(content: DashboardContent, params: Params): DashboardChoice {
  const refresh = refreshSeconds.find((each) => String(each) === params.get("refresh"));
  return {
    range: rangeFrom(params) ?? content.range,
    refreshSeconds: refresh ?? content.refreshSeconds,
    values: Object.fromEntries(
      content.variables.map((variable) => [variable.name, valuesFrom(variable, params)]),
    ),
  };
}

function rangeFrom(params: Params): DashboardRange | undefined {
  const last = rangeKeys.find((key) => key === params.get("last"));
  if (last !== undefined) return { last };
  const from = Number(params.get("from") ?? Number.NaN);
  const to = Number(params.get("to") ?? Number.NaN);
  const isRange = [from, to].every(Number.isInteger) && 0 <= from && from < to && to <= lastInstant;
  return isRange ? { from, to } : undefined;
}

function valuesFrom({ name, kind, defaults }: DashboardVariable, params: Params) {
  const text = params.get(`var-${name}`);
  if (text === null) return defaults;
  return text
    .split(",")
    .map((part) => safeDecode(part))
    .filter((value) => isVariableValue(kind, value))
    .slice(0, maxVariableValues[kind]);
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const sameList = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((each, index) => each === b[index]);

/** The address of a choice; what is the dashboard's own is left out. */
export function choiceToParams(
  content: DashboardContent,
  choice: DashboardChoice,
): URLSearchParams {
  const params = new URLSearchParams();
  const { range } = choice;
  if (JSON.stringify(range) !== JSON.stringify(content.range)) {
    if ("last" in range) params.set("last", range.last);
    else {
      params.set("from", String(range.from));
      params.set("to", String(range.to));
    }
  }
  if (choice.refreshSeconds !== content.refreshSeconds) {
    params.set("refresh", String(choice.refreshSeconds));
  }
  for (const { name, defaults } of content.variables) {
    const values = choice.values[name] ?? defaults;
    // A metric's name may hold the comma that parts the values.
    if (!sameList(values, defaults)) {
      params.set(`var-${name}`, values.map((value) => encodeURIComponent(value)).join(","));
    }
  }
  return params;
}

/** The range as two instants (epoch milliseconds); one that ends now ends at `now`. */
export function rangeAt(
  range: DashboardRange,
  now: number,
): { readonly from: number; readonly to: number } {
  return "last" in range ? { from: now - rangeMs[range.last], to: now } : range;
}

/** What a widget asks for once its variables have values. */
export type ResolvedWidget = {
  /** Null where it names a variable that is not there. */
  readonly devices: DeviceSelection | null;
  readonly metrics: readonly string[];
  /** Variables that it names and the dashboard does not have. */
  readonly missingVariables: readonly string[];
};

/** Puts the values of the variables into a widget. */
export function resolveWidget(
  widget: Widget,
  variables: readonly DashboardVariable[],
  values: DashboardChoice["values"],
): ResolvedWidget {
  const missing: string[] = [];
  const named = (name: string): DashboardVariable | undefined => {
    const variable = variables.find((each) => each.name === name);
    if (variable === undefined) missing.push(name);
    return variable;
  };
  const devices = devicesOf(widget, named, values);
  const metrics = metricsOf(widget, named, values);
  return { devices, metrics, missingVariables: missing };
}

type Named = (name: string) => DashboardVariable | undefined;

function devicesOf(
  widget: Widget,
  named: Named,
  values: DashboardChoice["values"],
): DeviceSelection | null {
  if (widget.kind === "text") return everyDevice;
  if (widget.devices.by !== "variable") return widget.devices;
  const variable = named(widget.devices.name);
  if (variable === undefined) return null;
  return selectionOf(variable, values[variable.name] ?? variable.defaults);
}

/** Devices that a variable's values mean. None chosen, or a variable of metrics: every device. */
export function selectionOf(
  { kind }: Pick<DashboardVariable, "kind">,
  values: readonly string[],
): DeviceSelection {
  const [first] = values;
  if (first === undefined) return everyDevice;
  switch (kind) {
    case "device":
      return { by: "devices", ids: [...values] };
    case "group":
      return { by: "group", groupId: first };
    case "profile":
      return { by: "filter", filter: { ...everyDeviceView.filter, profileIds: [...values] } };
    case "metric":
      return everyDevice;
  }
}

function metricsOf(
  widget: Widget,
  named: Named,
  values: DashboardChoice["values"],
): readonly string[] {
  if (!isMeasured(widget)) return [];
  const variable = widget.metricVariable === null ? undefined : named(widget.metricVariable);
  const more = variable === undefined ? [] : (values[variable.name] ?? variable.defaults);
  return [...new Set([...widget.metrics, ...more])].slice(0, maxMetrics);
}
