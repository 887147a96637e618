import { expect, type Locator } from "@playwright/test";

/**
 * Clicks until what that opens is there. A click before the page is alive is lost, and a second one
 * would meet what the first has opened after all: so it is only made while nothing is shown.
 */
export async function openBy(button: Locator, opened: Locator): Promise<void> {
  await expect(async () => {
    if (!(await opened.isVisible())) await button.click({ timeout: 2_000 });
    await expect(opened).toBeVisible({ timeout: 3_000 });
  }).toPass();
}
