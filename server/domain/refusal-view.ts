/** How far back the page of refusals looks. */
export const refusalRanges = ["1h", "24h", "7d", "30d", "all"] as const;
export type RefusalRange = (typeof refusalRanges)[number];

/** What the page of refusals is narrowed to. Empty text and an empty list narrow nothing. */
export type RefusalView = {
  readonly text: string;
  readonly causes: readonly string[];
  /** A device's own id: refusals of the device and of whoever claimed to be it. */
  readonly device: string;
  readonly range: RefusalRange;
};

export const everyRefusal: RefusalView = { text: "", causes: [], device: "", range: "7d" };

const hourMs = 3_600_000;
const rangeMs: Readonly<Record<RefusalRange, number | null>> = {
  "1h": hourMs,
  "24h": 24 * hourMs,
  "7d": 168 * hourMs,
  "30d": 720 * hourMs,
  all: null,
};
const causePattern = /^[a-z][a-z0-9-]{0,63}$/;

type Params = { get(name: string): string | null };

/** Reads the page's state from an address; what it does not know it leaves out. */
export function refusalViewFromParams(params: Params): RefusalView {
  return {
    text: (params.get("q") ?? "").trim().slice(0, 128),
    causes: (params.get("cause") ?? "")
      .split(",")
      .filter((cause) => causePattern.test(cause))
      .slice(0, 64),
    device: (params.get("device") ?? "").trim().slice(0, 128),
    range: refusalRanges.find((range) => range === params.get("range")) ?? everyRefusal.range,
  };
}

/** The address of the page's state; a state like {@link everyRefusal} has an empty one. */
export function refusalViewToParams(view: RefusalView): URLSearchParams {
  const params = new URLSearchParams();
  if (view.text !== "") params.set("q", view.text);
  if (view.causes.length > 0) params.set("cause", view.causes.join(","));
  if (view.device !== "") params.set("device", view.device);
  if (view.range !== everyRefusal.range) params.set("range", view.range);
  return params;
}

/** Whether anything but the time is narrowed. */
export function isRefusalViewNarrowed(view: RefusalView): boolean {
  return view.text !== "" || view.causes.length > 0 || view.device !== "";
}

/** The state as the input of the services; `cause` is left out for counting by cause. */
export function refusalFilterOf(view: RefusalView, now: Date) {
  const back = rangeMs[view.range];
  return {
    ...(view.text !== "" && { text: view.text }),
    ...(view.causes.length > 0 && { cause: [...view.causes] }),
    ...(view.device !== "" && { deviceId: view.device }),
    ...(back !== null && { from: new Date(now.getTime() - back) }),
  };
}
