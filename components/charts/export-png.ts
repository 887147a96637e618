/** What a picture shows beside the charts. */
export type PictureWords = { readonly title: string; readonly subtitle: string };

const leastWidth = 720;
const edge = 32;
const scale = 2;
/** Words beside a mark, and what shows only with the focus. */
const onlyOnScreen = "foreignObject, .opacity-0";
const svgNamespace = "http://www.w3.org/2000/svg";

/** The text font as a data address: a picture may not fetch anything. Empty where it cannot be read. */
async function inlineFont(): Promise<string> {
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSFontFaceRule)) continue;
      const { style, parentStyleSheet } = rule;
      const isLatin = style.getPropertyValue("unicode-range").includes("U+0-FF");
      const url = /url\("?([^")]+)"?\)/.exec(style.getPropertyValue("src"))?.[1];
      if (!/^"?Geist Variable/.test(style.fontFamily) || !isLatin || url === undefined) continue;
      const base = parentStyleSheet?.href ?? location.href;
      const bytes = new Uint8Array(await (await fetch(new URL(url, base))).arrayBuffer());
      const binary = Array.from(bytes, (byte) => String.fromCodePoint(byte)).join("");
      return `@font-face{font-family:Chart;font-weight:100 900;src:url(data:font/woff2;base64,${btoa(binary)})}`;
    }
  }
  return "";
}

/** Values of our colours in the light or the dark look: a picture knows no variables. */
function coloursOf(look: "light" | "dark"): (text: string) => string {
  const probe = document.createElement("span");
  document.body.append(probe);
  const { dataset } = document.documentElement;
  const before = dataset["theme"];
  // For the time of reading, without a frame in between: the colours are set on the page's root.
  dataset["theme"] = look;
  const known = new Map<string, string>();
  const all = ["bg", "surface", "ink", "ink-2", "ink-3", "line", "accent", "ok", "warn", "bad"];
  for (const name of [...all, "idle", ...[1, 2, 3, 4, 5, 6, 7].map((n) => `series-${n}`)]) {
    probe.style.color = `var(--${name})`;
    known.set(`var(--${name})`, getComputedStyle(probe).color);
  }
  probe.remove();
  if (before === undefined) delete dataset["theme"];
  else dataset["theme"] = before;
  return (text) => text.replaceAll(/var\(--[\w-]+\)/g, (name) => known.get(name) ?? "gray");
}

function textAt(words: string, y: number, look: string): string {
  const plain = document.createElement("span");
  plain.textContent = words;
  return `<text x="${edge}" y="${y}" ${look}>${plain.innerHTML}</text>`;
}

/** The drawings that lie over each other in a plot, without what only the pointer brings. */
function layersOf(plot: Element): string {
  const origin = plot.getBoundingClientRect();
  let layers = "";
  for (const svg of plot.querySelectorAll("svg")) {
    const copy = svg.cloneNode(true);
    if (!(copy instanceof SVGElement) || svg.closest("[data-screen-only]") !== null) continue;
    for (const part of copy.querySelectorAll(onlyOnScreen)) part.remove();
    const { left, top } = svg.getBoundingClientRect();
    const clip = svg.closest("[data-clip]")?.getBoundingClientRect();
    const at = clip ?? origin;
    const inner = `<g transform="translate(${left - at.left},${top - at.top})">${copy.innerHTML}</g>`;
    layers +=
      clip === undefined
        ? inner
        : `<svg x="${clip.left - origin.left}" y="${clip.top - origin.top}" width="${clip.width}" height="${clip.height}" overflow="hidden">${inner}</svg>`;
  }
  return layers;
}

/**
 * Draws the charts inside some elements below each other, as they are shown now.
 * @returns a PNG of twice the size, for print and dense screens
 * @throws Error when the browser draws none
 */
export async function chartsToPng(
  charts: readonly { readonly element: Element; readonly title: string }[],
  words: PictureWords,
  look: "light" | "dark",
): Promise<Blob> {
  const [font, colours] = [await inlineFont(), coloursOf(look)];
  let width = leastWidth;
  let y = 92;
  let body = "";
  for (const { element, title } of charts) {
    const plot = element.querySelector("[data-plot]");
    if (plot === null || plot.clientWidth === 0) continue;
    width = Math.max(width, plot.clientWidth + 2 * edge);
    body += textAt(title, y, `font-size="15" font-weight="600" fill="var(--ink)"`);
    body += `<g transform="translate(${edge},${y + 12})">${layersOf(plot)}</g>`;
    y += plot.clientHeight + 56;
  }
  const head =
    textAt(words.title, 42, `font-size="20" font-weight="600" fill="var(--ink)"`) +
    textAt(words.subtitle, 64, `font-size="13" fill="var(--ink-2)"`);
  const svg = `<svg xmlns="${svgNamespace}" width="${width * scale}" height="${y * scale}" viewBox="0 0 ${width} ${y}" font-family="Chart, sans-serif"><style>${font}</style><rect width="100%" height="100%" fill="var(--surface)"/>${head}${body}</svg>`;
  return rasterise(colours(svg), width * scale, y * scale);
}

async function rasterise(svg: string, pixelWidth: number, pixelHeight: number): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = pixelWidth;
  canvas.height = Math.round(pixelHeight);
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error("The browser drew no picture."));
      else resolve(blob);
    }, "image/png");
  });
}
