import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Both widths and both schemes: all rules twice, and the colours of what only a desktop shows. */
const views = [
  { width: 1440, height: 900, colorScheme: "light", onlyColours: false },
  { width: 1440, height: 900, colorScheme: "dark", onlyColours: true },
  { width: 390, height: 844, colorScheme: "dark", onlyColours: false },
] as const;
const [desktop] = views;

/** How a page looks in one of the views. */
export type Seen = { readonly colorScheme: "light" | "dark" };

/**
 * Looks at a loaded page with axe, light and dark, and at whether it fits desktop and phone.
 * @param more.without what is left out of it, a selector
 * @param more.seen told when the page stands in each view
 */
export async function expectAccessible(
  page: Page,
  more: { readonly without?: string; readonly seen?: (view: Seen) => Promise<void> } = {},
): Promise<void> {
  // One load shows all: colours follow the system's scheme, the layout follows the width.
  for (const { colorScheme, onlyColours, ...size } of views) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // There are no frames of other origins, for which axe would open a page of its own each time;
    // and once axe is in the page it stays.
    const isThere = await page.evaluate(() => "axe" in globalThis);
    const axe = new AxeBuilder({ page, ...(isThere && { axeSource: "void 0" }) }).setLegacyMode();
    if (onlyColours) axe.withRules(["color-contrast"]);
    else axe.withTags(standards);
    if (more.without !== undefined) axe.exclude(more.without);
    const { violations } = await axe.analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`),
      `${size.width} ${colorScheme}`,
    ).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, String(size.width)).toBeLessThanOrEqual(0);
    await more.seen?.({ colorScheme });
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  await page.setViewportSize({ width: desktop.width, height: desktop.height });
}
