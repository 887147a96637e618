"use client";
import { setNonce } from "get-nonce";
import { useState, type ReactNode } from "react";

/**
 * Tells the libraries that insert a <style> (Radix's scroll lock) the nonce of this document. Once:
 * a later render of the layout carries another request's nonce, which this document refuses.
 */
export function NonceProvider({
  nonce,
  children,
}: {
  readonly nonce: string | undefined;
  readonly children: ReactNode;
}) {
  useState(() => {
    if (nonce !== undefined && typeof window !== "undefined") setNonce(nonce);
    return null;
  });
  return children;
}
