"use client";
import { createContext, use } from "react";
import type { Menu as Radix } from "radix-ui/internal";

/** The parts of an open menu: what stands in it is shown once they are loaded. */
export const MenuParts = createContext<typeof Radix | undefined>(undefined);

/** @throws outside of a menu */
export function useMenuParts(): typeof Radix {
  const parts = use(MenuParts);
  if (parts === undefined) throw new Error("This stands in a menu only.");
  return parts;
}
