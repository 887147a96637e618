import { expect, test } from "#e2e/fixtures.ts";

test("pages that are left at once do not use up a session's live streams", async ({ page }) => {
  await page.goto("/audit");

  const status = await page.evaluate(async () => {
    for (let round = 0; round < 40; round += 1) {
      const leaving = new AbortController();
      const opened = fetch("/api/console/live?fleet=1", { signal: leaving.signal });
      await new Promise((resolve) => setTimeout(resolve, round));
      leaving.abort();
      await opened.then((response) => response.body?.cancel()).catch(() => undefined);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const leaving = new AbortController();
    const { status: answered } = await fetch("/api/console/live?fleet=1", {
      signal: leaving.signal,
    });
    leaving.abort();
    return answered;
  });

  expect(status).toBe(200);
});
