import { randomBytes } from "node:crypto";
import { startTestCluster } from "#server/testing/cluster.ts";
import { migrate } from "#server/db/migrate.ts";
import type { TestProject } from "vitest/node";

/** What the database tests are given: the template to clone and how to reach its cluster. */
export type TemplateDatabase = {
  /** Owner's URL of the maintenance database; clones are created from here. */
  readonly adminUrl: string;
  readonly template: string;
  readonly passwords: { readonly app: string; readonly ingest: string };
};

declare module "vitest" {
  // eslint-disable-next-line typescript/consistent-type-definitions -- merging needs an interface
  export interface ProvidedContext {
    templateDatabase: TemplateDatabase;
  }
}

const template = "quayside_template";

/** One PostgreSQL for the whole run, with one migrated database that every test file clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Without fsync: these tests ask what is written, not whether it survives a crash.
  const cluster = await startTestCluster({ durable: false });
  try {
    await cluster.query(`CREATE DATABASE ${template}`);
    const passwords = {
      app: randomBytes(16).toString("hex"),
      ingest: randomBytes(16).toString("hex"),
    };
    await migrate({ ownerUrl: cluster.urlOf(template), passwords });
    await cluster.query(`ALTER DATABASE ${template} WITH ALLOW_CONNECTIONS false`);
    project.provide("templateDatabase", {
      adminUrl: cluster.urlOf("postgres"),
      template,
      passwords,
    });
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return () => cluster.stop();
}
