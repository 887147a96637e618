import { defineConfig } from "prisma/config";

/** For the ordinary Prisma CLI; the product itself migrates by server/db/migrate.ts. */
export default defineConfig({
  schema: "../prisma/schema.prisma",
  migrations: { path: "../prisma/migrations" },
});
