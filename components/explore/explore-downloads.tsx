"use client";
import { Download } from "lucide-react";
import dynamic from "next/dynamic";
import type { RefObject } from "react";
import { withUnseenDrawn } from "#components/charts/draw-unseen.ts";
import { downloadFile } from "#components/device/download.ts";
import type { ExploreData } from "#components/explore/use-explore-data.ts";
import type { ExploreState } from "#components/explore/explore-state.ts";
import { exploreText } from "#components/strings/explore.ts";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { useUnits } from "#components/units/units-provider.tsx";
import { ExportButton } from "#components/work/export-button.tsx";
import { newWidget } from "#server/domain/dashboard.ts";

const AddToDashboard = dynamic(
  async () => (await import("#components/dashboard/add-to-dashboard.tsx")).AddToDashboard,
  { ssr: false },
);

type Shown = {
  readonly data: ExploreData;
  readonly state: ExploreState;
  readonly charts: RefObject<HTMLDivElement | null>;
};

/** What can be taken along: a picture, the shown values, all readings, a widget of a dashboard. */
export function ExploreDownloads(props: Shown) {
  const { data, state } = props;
  const { selection, asked } = data;
  if (selection === null || state.metrics.length === 0) return null;
  const shown = { devices: selection, metrics: [...state.metrics] };
  return (
    <>
      <ShownMenu {...props} />
      <ExportButton
        size="sm"
        label={exploreText.exportAll}
        request={{
          kind: "telemetry",
          ...shown,
          from: new Date(asked.from).toISOString(),
          to: new Date(asked.to).toISOString(),
        }}
      />
      <AddToDashboard
        size="sm"
        widget={newWidget("line", {
          ...shown,
          id: `explore-${asked.to}`,
          x: 0,
          y: 0,
          title: state.metrics.join(", ").slice(0, 120),
          across: state.split,
          aggregate: state.aggregate,
        })}
      />
    </>
  );
}

function ShownMenu({ data, state, charts }: Shown) {
  const { answer, asked } = data;
  const toast = useToast();
  const units = useUnits();
  async function picture(look: "light" | "dark") {
    const { chartsToPng } = await import("#components/charts/export-png.ts");
    const figures = [...(charts.current?.querySelectorAll("[data-chart]") ?? [])];
    const drawn = figures.map((element) => ({
      element,
      title: element.getAttribute("data-chart") ?? "",
    }));
    const words = { title: state.metrics.join(", "), subtitle: subtitleOf(data) };
    try {
      const png = await withUnseenDrawn(() => chartsToPng(drawn, words, look));
      downloadFile(`${fileName(asked)}.png`, png);
    } catch {
      toast({ tone: "bad", title: exploreText.pngFailed, detail: exploreText.pngFailedDetail });
    }
  }
  async function table() {
    if (answer === undefined) return;
    const { shownCsv } = await import("#components/explore/explore-csv.ts");
    downloadFile(`${fileName(asked)}.csv`, shownCsv(answer, units, state.aggregate));
  }
  return (
    <Menu
      trigger={
        <Button size="sm" disabled={answer === undefined}>
          <Download aria-hidden className="size-3.5" />
          {exploreText.download}
        </Button>
      }
    >
      <MenuItem onSelect={() => void table()}>{exploreText.csv}</MenuItem>
      <MenuItem onSelect={() => void picture("light")}>{exploreText.pngLight}</MenuItem>
      <MenuItem onSelect={() => void picture("dark")}>{exploreText.pngDark}</MenuItem>
    </Menu>
  );
}

const two = (value: number) => String(value).padStart(2, "0");

function minuteText(at: number): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

function fileName({ from }: ExploreData["asked"]): string {
  return `${exploreText.fileName}-${minuteText(from).replace(" ", "-").replace(":", "")}`;
}

/** Which lines, and when. */
function subtitleOf({ lines, asked }: ExploreData): string {
  const who = [...new Set(lines.map((line) => line.who))];
  const names = who.slice(0, 6).join(", ");
  const more = who.length > 6 ? `, +${who.length - 6}` : "";
  return `${names}${more} · ${minuteText(asked.from)} – ${minuteText(asked.to)}`;
}
