import type { Annotation } from "#components/charts/series.ts";
import type { MarkKind } from "#components/explore/explore-state.ts";
import { exploreText } from "#components/strings/explore.ts";
import type { ChartMark } from "#server/services/annotation/list.ts";

/** A mark as a chart draws it, with what it stands for. */
export type DrawnMark = Annotation & { readonly mark: ChartMark };

const kindOf: Readonly<Record<ChartMark["kind"], MarkKind>> = {
  note: "note",
  connected: "connection",
  disconnected: "connection",
  alert: "alert",
  rotation: "rotation",
};

/** Marks as annotations of a chart, without the kinds that are hidden. */
export function annotationsOf(
  marks: readonly ChartMark[],
  hidden: readonly MarkKind[],
): readonly DrawnMark[] {
  return marks.filter(({ kind }) => !hidden.includes(kindOf[kind])).map(drawn);
}

function drawn(mark: ChartMark): DrawnMark {
  switch (mark.kind) {
    case "note":
      return drawnNote(mark);
    case "connected":
    case "disconnected":
      return drawnConnection(mark);
    case "alert":
      return drawnAlert(mark);
    case "rotation": {
      const { id, kind, from, to, device, name } = mark;
      const text = exploreText.rotationOf(device.name, name);
      return { id: `${id} ${device.id}`, kind, from, to, text, tone: "idle", mark };
    }
  }
}

type MarkOf<K extends ChartMark["kind"]> = Extract<ChartMark, { readonly kind: K }>;

function drawnNote(mark: MarkOf<"note">): DrawnMark {
  const { id, kind, from, to, device, text: words } = mark;
  const text = device === null ? words : exploreText.noteOf(device.name, words);
  return { id, kind, from, text, tone: "accent", mark, ...(to !== null && { to }) };
}

function drawnConnection(
  mark: Extract<ChartMark, { readonly kind: "connected" | "disconnected" }>,
): DrawnMark {
  const { kind, from, device, reason, count } = mark;
  const words =
    kind === "connected"
      ? exploreText.connectedAs(device.name)
      : exploreText.disconnectedAs(device.name, reason ?? "");
  const text = count > 1 ? `${words} (${exploreText.reconnected(count)})` : words;
  const tone = kind === "connected" ? "ok" : "idle";
  return { id: `${device.id} ${kind} ${from}`, kind, from, text, tone, mark };
}

const alertTones: Readonly<Record<string, DrawnMark["tone"]>> = {
  critical: "bad",
  warning: "warn",
};

function drawnAlert(mark: MarkOf<"alert">): DrawnMark {
  const { id, kind, from, to, device, title, severity } = mark;
  const text = exploreText.alertOf(device.name, title);
  return { id, kind, from, to, text, tone: alertTones[severity] ?? "idle", mark };
}
