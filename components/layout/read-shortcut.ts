export type Shortcut =
  | { readonly kind: "palette" }
  | { readonly kind: "shortcuts" }
  | { readonly kind: "filter" }
  | { readonly kind: "sequence" }
  | { readonly kind: "go"; readonly key: string }
  /** In the table of the page, by the key that its rows know. */
  | { readonly kind: "row"; readonly key: "ArrowDown" | "ArrowUp" | " " };

type Pressed = Pick<KeyboardEvent, "key" | "metaKey" | "ctrlKey" | "altKey" | "target">;

/**
 * What a key press asks the shell for. Single keys are left alone while someone types, inside
 * dialogs and menus, and when they are switched off (WCAG 2.1.4).
 * @param afterG whether `g` was pressed a moment ago
 */
export function readShortcut(
  event: Pressed,
  { singleKeys, afterG }: { readonly singleKeys: boolean; readonly afterG: boolean },
): Shortcut | undefined {
  const key = event.key.toLowerCase();
  if ((event.metaKey || event.ctrlKey) && !event.altKey) {
    return key === "k" ? { kind: "palette" } : undefined;
  }
  if (event.altKey || !singleKeys || isOccupied(event.target)) return undefined;
  return singleKey(key, afterG);
}

const rowKeys: ReadonlyMap<string, "ArrowDown" | "ArrowUp" | " "> = new Map([
  ["j", "ArrowDown"],
  ["k", "ArrowUp"],
  ["x", " "],
]);

function singleKey(key: string, afterG: boolean): Shortcut | undefined {
  if (key === "g") return { kind: "sequence" };
  if (afterG) return { kind: "go", key };
  if (key === "?") return { kind: "shortcuts" };
  if (key === "/") return { kind: "filter" };
  const row = rowKeys.get(key);
  return row === undefined ? undefined : { kind: "row", key: row };
}

function isOccupied(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest("input:not([type=checkbox]), textarea, select, [role=dialog], [role=menu]") !==
      null
  );
}
