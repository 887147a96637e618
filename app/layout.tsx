import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import "./globals.css";
import { NonceProvider } from "#components/layout/nonce.tsx";
import { readTheme } from "#components/layout/theme.ts";
import { layoutText } from "#components/strings/layout.ts";
import { ClockProvider } from "#components/ui/clock.tsx";

export const metadata: Metadata = {
  title: { default: layoutText.product, template: `%s · ${layoutText.product}` },
  icons: { icon: { url: "/mark.svg", type: "image/svg+xml" } },
};
export const viewport: Viewport = { width: "device-width", initialScale: 1 };
// The nonce of the content security policy is new in every response.
export const dynamic = "force-dynamic";

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const theme = readTheme((await cookies()).get("theme")?.value);
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <html lang="en" {...(theme !== "system" && { "data-theme": theme })}>
      <body className="min-h-dvh">
        <NonceProvider nonce={nonce}>
          <ClockProvider now={Date.now()}>{children}</ClockProvider>
        </NonceProvider>
      </body>
    </html>
  );
}
