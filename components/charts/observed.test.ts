import { expect, test, vi } from "vitest";
import { createObserved } from "#components/charts/observed.ts";

test("followers hear of changes only, and no more after they left", () => {
  const value = createObserved({ at: 1 }, (before, after) => before.at === after.at);
  const listener = vi.fn<() => void>();
  const leave = value.subscribe(listener);
  const first = value.get();
  value.set({ at: 1 });
  expect(value.get()).toBe(first);
  expect(listener).not.toHaveBeenCalled();
  value.set({ at: 2 });
  expect(value.get()).toEqual({ at: 2 });
  expect(listener).toHaveBeenCalledOnce();
  leave();
  value.set({ at: 3 });
  expect(listener).toHaveBeenCalledOnce();
});
