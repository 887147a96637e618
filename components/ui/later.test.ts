import { expect, test, vi } from "vitest";
import { later } from "#components/ui/later.ts";

test("is fetched once, however often it is asked for", async () => {
  const fetch = vi.fn<() => Promise<string>>().mockResolvedValue("part");
  const part = later(fetch);
  const heard = vi.fn<() => void>();
  part.subscribe(heard);

  expect(part.read()).toEqual({});
  part.load();
  part.load();
  await vi.waitFor(() => expect(part.read()).toEqual({ part: "part" }));
  part.load();

  expect(fetch).toHaveBeenCalledTimes(1);
  expect(heard).toHaveBeenCalledTimes(1);
});

test("says that it failed, and can be asked for again", async () => {
  const failure = new Error("offline");
  const fetch = vi.fn<() => Promise<string>>().mockRejectedValueOnce(failure);
  fetch.mockResolvedValueOnce("part");
  const part = later(fetch);
  const seen: unknown[] = [];
  part.subscribe(() => seen.push(part.read()));

  part.load();
  await vi.waitFor(() => expect(seen).toEqual([{ failure }]));
  await vi.waitFor(() => expect(part.read()).toEqual({}));
  part.load();

  await vi.waitFor(() => expect(part.read()).toEqual({ part: "part" }));
});
